//! The town of a demo: files taken in as a municipality sends them, offices in charge, cards.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use anyhow::{Context, bail};
use tasuki_app::ingestion::{self, Outcome, Source};
use tasuki_app::{App, id};
use tasuki_core::account::{JobType, Organisation};
use tasuki_core::assignment::{Assignment, IdentityCheck};
use tasuki_core::date::{AtMs, DAY_MS};
use tasuki_core::event::{Action, Actor, Event, Outcome as Came, Purpose};
use tasuki_core::insured::{InsuredNumber, PersonKey, PersonName, Personal};
use tasuki_core::insurer::Insurer;
use tasuki_core::provider::ProviderNumber;
use tasuki_formats::municipal::{Change, Content, FileName, Reader, RecordKind, Scope};
use tasuki_gateway::card::Pin;
use tasuki_sandbox::{CardHolder, CardKey, ClientRegistration, Home};
use tasuki_store::{assignment, insurer, provider};
use tasuki_town::{Options, TownFile};

use super::cast::CitizenAccount;
use super::ground::{Ground, Ports, write_secret};

/// Persons of the crowd that each office is in charge of, beside those with a story.
const CROWD: usize = 24;

/// PIN of every card of a demo.
const PIN: &str = "1234";

/// Makes the town, tells the platform of insurer and offices, and sends its files.
pub(super) async fn settle(
    app: &App,
    ground: &Ground,
    persons: u64,
    seed: u64,
    now: AtMs,
) -> anyhow::Result<TownFile> {
    let options = Options::new(persons, seed, now.date());
    let written = tasuki_town::write_dir(&options, &ground.path("town"))?;
    let town = tasuki_town::files::describe(&options);
    let city = Insurer {
        number: town.insurer.clone(),
        name: town.insurer_name.clone(),
        connected_since: Some(now.date().first_of_month()),
        not_connected_because: None,
        takes_consent: true,
    };
    app.db.commit(insurer::add(&city)).await?;
    for other in neighbours() {
        app.db.commit(insurer::add(&other)).await?;
    }
    let offices: Vec<_> = town.offices.iter().map(|office| office.provider.clone()).collect();
    provider::add_many(&app.db, &offices).await?;
    let actor = Actor::System { part: "demo".to_owned() };
    let source = Source::Folder(written.transfer.clone());
    let options = ingestion::Options::default();
    let report = ingestion::take(app, &source, &options, &actor, now, &|_| ()).await?;
    if report.outcome != Outcome::Published || report.summary().refused > 0 {
        bail!("the town's files were not taken: {:?}", report.outcome);
    }
    put_in_charge(app, &town, &written.transfer, now).await?;
    Ok(town)
}

/// Towns next door: one joins later, one has said when.
fn neighbours() -> Vec<Insurer> {
    let insurer = |body: &str, name: &str, because: &str| {
        Some(Insurer {
            number: tasuki_core::insurer::InsurerNumber::with_check_digit(body)?,
            name: name.to_owned(),
            connected_since: None,
            not_connected_because: Some(because.to_owned()),
            takes_consent: false,
        })
    };
    let because = "市のシステムの入れかえが終わっていません。令和9年10月に始まる予定です。";
    insurer("99002", "みなと市", because).into_iter().collect()
}

/// Registers offices as in charge: those of the stories, and some of the crowd they serve.
async fn put_in_charge(
    app: &App,
    town: &TownFile,
    transfer: &Path,
    now: AtMs,
) -> anyhow::Result<()> {
    let mut pairs: BTreeSet<(ProviderNumber, PersonKey)> = BTreeSet::new();
    for story in &town.showcase {
        let insured = InsuredNumber::parse(&story.insured)?;
        let person = PersonKey { insurer: story.insurer.clone(), insured };
        pairs.extend(story.offices.iter().map(|office| (office.clone(), person.clone())));
    }
    let stories: BTreeSet<PersonKey> = pairs.iter().map(|(_, person)| person.clone()).collect();
    for (office, persons) in served(town, transfer)? {
        let crowd = persons.into_iter().filter(|person| !stories.contains(person)).take(CROWD);
        pairs.extend(crowd.map(|person| (office.clone(), person)));
    }
    let began = now.plus_ms(-400 * DAY_MS);
    let commits = pairs.into_iter().map(|(provider, person)| {
        let assignment = Assignment {
            id: id::new(began),
            person: person.clone(),
            provider: provider.clone(),
            identity: IdentityCheck::CardByEye,
            started_at: began,
            ended_at: None,
            last_service_month: None,
        };
        let event = Event {
            at: began,
            actor: Actor::Staff {
                organisation: Organisation::Provider(provider.clone()),
                account: "demo".to_owned(),
                job: JobType::Clerk,
                device: String::new(),
            },
            person: Some(person),
            action: Action::AssignmentStart,
            purpose: Purpose::Operation,
            outcome: Came::Allowed,
            touched: vec![],
            note: Some(provider.to_string()),
        };
        app.db.commit(assignment::start(&assignment).and_event(event))
    });
    futures_util::future::try_join_all(commits).await?;
    Ok(())
}

/// Whom each office serves, by the months of service that the town sends.
fn served(
    town: &TownFile,
    transfer: &Path,
) -> anyhow::Result<Vec<(ProviderNumber, BTreeSet<PersonKey>)>> {
    let kind = RecordKind::ServiceUse;
    let name = FileName { insurer: town.insurer.clone(), kind, scope: Scope::Full, sequence: 1 };
    let file = BufReader::new(File::open(transfer.join(name.to_string()))?);
    let mut reader = Reader::open(file, &name).ok().context("the months of service")?;
    let mut served = std::collections::BTreeMap::<_, BTreeSet<PersonKey>>::new();
    while let Some(line) = reader.next_line()? {
        let Ok(line) = line else { continue };
        if let Change::Put(Content::ServiceUse(used)) = line.record.change {
            served.entry(used.provider).or_default().insert(line.record.person);
        }
    }
    Ok(served.into_iter().collect())
}

/// Issues virtual cards to the persons with a story, and registers the platform at the sandbox.
pub(super) fn issue_cards(
    ground: &Ground,
    ports: &Ports,
    town: &TownFile,
    now: AtMs,
) -> anyhow::Result<Vec<CitizenAccount>> {
    let home = Home::open(ground.path("sandbox"))?;
    let key = rcgen::KeyPair::generate()?;
    write_secret(&ground.path("keys/sign_in.pem"), key.serialize_pem().as_bytes())?;
    home.save_clients(&[ClientRegistration {
        client_id: "tasuki".to_owned(),
        name: "介護情報基盤 Tasuki".to_owned(),
        redirect_uris: vec![format!("https://localhost:{}/my/sign-in/callback", ports.citizen)],
        public_key_pem: key.public_key_pem(),
    }])?;
    let expires_on = now.date().saturating_add(jiff::Span::new().years(5));
    let mut holders = Vec::new();
    for story in &town.showcase {
        let insured = InsuredNumber::parse(&story.insured)?;
        holders.push(CardHolder {
            persons: vec![PersonKey { insurer: story.insurer.clone(), insured }],
            name: PersonName {
                kanji: Personal::new(&story.name),
                kana: Personal::new(&story.kana),
            },
            birth_date: story.birth_date,
            sex: story.sex,
            pin: Pin::parse(PIN)?,
            expires_on,
        });
    }
    let cards = home.issue_cards(&holders, CardKey::EcdsaP256, now)?;
    let account = |(story, card): (&tasuki_town::Showcase, tasuki_sandbox::IssuedCard)| {
        let card_file = card.path.strip_prefix(&ground.dir).unwrap_or(&card.path);
        CitizenAccount {
            role: format!("citizen_{}", story.story),
            title: "ご本人".to_owned(),
            about: "自分の情報、認定の進みぐあい、同意、だれが見たか。".to_owned(),
            name: story.name.clone(),
            insured: story.insured.clone(),
            card_id: card.card_id,
            card_file: card_file.display().to_string(),
            pin: PIN.to_owned(),
        }
    };
    Ok(town.showcase.iter().zip(cards).map(account).collect())
}
