//! Finding a person by card (カードで本人確認): the page asks, the reader of the same device answers,
//! online eligibility says who it is, and the page goes on.
//!
//! Each challenge is bound to one account on one device, lives three minutes and is answered once.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tasuki_core::account::Organisation;
use tasuki_core::assignment::IdentityCheck;
use tasuki_core::date::AtMs;
use tasuki_core::event::{Action, Actor, Event, Outcome, Purpose};
use tasuki_core::insured::{PersonKey, Personal};
use tasuki_core::word::Word;
use tasuki_gateway::card::CardCheck;
use tasuki_gateway::reader::{CHALLENGE_BYTES, ReaderAnswer, ReaderChallenge, ReaderReceipt};
use tasuki_gateway::{GatewayError, Refusal};
use tasuki_policy::authorise_search;
use tasuki_store::card_check::{self as rows, CardCheck as Row, Stage};
use tasuki_store::device::Device;
use tasuki_store::{Change, StoreError, account, device, facts, provider, rate};

use crate::access::Visitor;
use crate::caller::Staff;
use crate::find::{self, Proof};
use crate::neighbours::NeighbourError;
use crate::{App, AppError};

/// How long a challenge lives, in milliseconds.
const CHALLENGE_MS: i64 = 3 * 60_000;

/// A reader that asked within this time is there, in milliseconds.
const THERE_MS: i64 = 2 * 60_000;

/// Milliseconds of one window in which a reader's presence is noted once.
const WINDOW_MS: i64 = 60_000;

/// Where the reading of a page stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// None has begun, or the last one went on or ran out.
    None {
        /// The last one ran out of time.
        ran_out: bool,
    },
    /// It waits for a card.
    Waiting {
        /// How the holder is to be checked.
        check: CardCheck,
        /// The device's reader asked for work lately.
        reader_there: bool,
    },
    /// A card answered, and online eligibility is asked.
    Asking,
    /// The holder is known.
    Found(Holder),
    /// The card cannot be used.
    Refused {
        /// Why and what to do, in plain Japanese.
        why: String,
    },
}

/// Whom a card belongs to, as online eligibility knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Reading of the name.
    pub kana: Personal,
    /// Date of birth.
    pub birth_date: Date,
    /// How they were checked.
    pub check: CardCheck,
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    person: PersonKey,
    kana: Personal,
    birth_date: Date,
}

fn place(id: &str) -> String {
    format!("card_check/{id}")
}

/// Begins to wait for a card on the reader of the caller's device.
///
/// # Errors
///
/// [`AppError::Denied`] when the job may not search, [`AppError::TooMany`] after too many
/// searches, [`AppError::Unavailable`] when online eligibility is not configured.
pub async fn begin(app: &App, staff: &Staff, check: CardCheck, now: AtMs) -> Result<(), AppError> {
    let visitor = Visitor::staff(staff).ok_or(AppError::Denied)?;
    authorise_search(&app.sharing.load(), &visitor.reader, None)
        .map(|_grant| ())
        .map_err(|_| AppError::Denied)?;
    if app.neighbours.eligibility.is_none() {
        return Err(AppError::Unavailable(NeighbourError::NotConfigured.into()));
    }
    crate::limit::finds(app, staff, now).await?;
    let row = Row {
        id: crate::id::new(now),
        organisation: staff.organisation.clone(),
        device: staff.device.clone(),
        account: staff.account.clone(),
        challenge: hex::encode(rand::random::<[u8; CHALLENGE_BYTES]>()),
        way: check.word().to_owned(),
        stage: Stage::Waiting,
        answer: None,
        refusal: None,
        made_at: now,
        until: now.plus_ms(CHALLENGE_MS),
    };
    app.db.commit(rows::begin(&row)).await?;
    Ok(())
}

/// Where the caller's reading stands.
///
/// # Errors
///
/// [`AppError::Unavailable`] when the database fails.
pub async fn reading(app: &App, staff: &Staff, now: AtMs) -> Result<Reading, AppError> {
    let Some(row) = own(app, staff).await? else { return Ok(Reading::None { ran_out: false }) };
    if row.until <= now && row.stage != Stage::Used {
        return Ok(Reading::None { ran_out: true });
    }
    Ok(match row.stage {
        Stage::Used => Reading::None { ran_out: false },
        Stage::Waiting => {
            let page = device::get(&app.db, &staff.device).await?;
            let subject = page.as_ref().map(presence).unwrap_or_default();
            let there = rate::tries(&app.db, &subject, now.plus_ms(-THERE_MS)).await? > 0;
            Reading::Waiting { check: check_of(&row)?, reader_there: there }
        }
        Stage::Reading => Reading::Asking,
        Stage::Found => {
            let Sealed { kana, birth_date, .. } = unsealed(app, &row)?;
            Reading::Found(Holder { kana, birth_date, check: check_of(&row)? })
        }
        Stage::Refused => Reading::Refused { why: row.refusal.unwrap_or_default() },
    })
}

/// Goes on with the holder of the card; `photo_compared` says that the photo was looked at.
///
/// # Errors
///
/// [`AppError::NotFound`] when there is none, [`AppError::Invalid`] when the check is by eye and
/// the photo was not compared, [`AppError::Conflict`] when the page went on before.
pub async fn confirm(
    app: &App,
    staff: &Staff,
    photo_compared: bool,
    now: AtMs,
) -> Result<Proof, AppError> {
    let row = own(app, staff).await?;
    let row = row.filter(|row| row.stage == Stage::Found && now < row.until);
    let row = row.ok_or(AppError::NotFound)?;
    let check = check_of(&row)?;
    if check == CardCheck::ByEye && !photo_compared {
        return Err(AppError::invalid("photo", "photo"));
    }
    let Sealed { person, .. } = unsealed(app, &row)?;
    app.db.commit(rows::used(&row.id)).await?;
    let identity: IdentityCheck = check.identity_check();
    find::prove(app, staff, person, identity, now)
}

/// The caller's newest reading, when it was begun for the organisation they act for now.
async fn own(app: &App, staff: &Staff) -> Result<Option<Row>, AppError> {
    let row = rows::newest(&app.db, &staff.device, &staff.account).await?;
    Ok(row.filter(|row| row.organisation == staff.organisation))
}

fn check_of(row: &Row) -> Result<CardCheck, AppError> {
    let corrupt = StoreError::Corrupt { table: "card_check", column: "way" };
    CardCheck::from_word(&row.way).ok_or_else(|| corrupt.into())
}

fn unsealed(app: &App, row: &Row) -> Result<Sealed, AppError> {
    let sealed = row.answer.as_deref().unwrap_or_default();
    let text = app.keyring.platform().open(place(&row.id).as_bytes(), sealed);
    serde_json::from_slice(&text.map_err(AppError::internal)?).map_err(AppError::internal)
}

/// What waits for the reader of a device (SHA-256 of the certificate that the reader shows).
///
/// # Errors
///
/// [`AppError::Denied`] for a certificate that the platform does not know or that has ended.
pub async fn challenge(
    app: &App,
    reader: &str,
    now: AtMs,
) -> Result<Option<ReaderChallenge>, AppError> {
    let reader = good(app, reader, now).await?;
    let subject = presence(&reader);
    let window = AtMs(now.0 - now.0.rem_euclid(WINDOW_MS));
    // The reader asks every second or two; its presence is written once a minute.
    if rate::tries(&app.db, &subject, window).await? == 0 {
        app.db.commit(rate::count(&subject, window)).await?;
    }
    let row = rows::waiting(&app.db, &reader.organisation, &reader.device_id, now).await?;
    row.map(|row| offered(&row)).transpose()
}

fn offered(row: &Row) -> Result<ReaderChallenge, AppError> {
    Ok(ReaderChallenge {
        challenge_id: row.id.clone(),
        challenge: STANDARD.encode(challenge_bytes(row)?),
        check: check_of(row)?,
        expires_at_ms: row.until,
    })
}

fn challenge_bytes(row: &Row) -> Result<Vec<u8>, AppError> {
    hex::decode(&row.challenge).map_err(AppError::internal)
}

fn presence(device: &Device) -> String {
    format!("reader/{}/{}", device.organisation, device.device_id)
}

/// The device of a reader's certificate, when it stands at `now`.
async fn good(app: &App, sha256: &str, now: AtMs) -> Result<Device, AppError> {
    let found = device::get(&app.db, sha256).await?.filter(|device| device.is_good(now));
    let found = found.ok_or(AppError::Denied)?;
    if let Organisation::Provider(number) = &found.organisation {
        let office = provider::get(&app.db, number).await?;
        if office.is_none_or(|office| !office.provider.active) {
            return Err(AppError::Denied);
        }
    }
    Ok(found)
}

/// Takes what the card made of a challenge, and asks online eligibility whose card it is.
///
/// # Errors
///
/// [`NeighbourError::Refused`] with `ChallengeEnded` for a challenge that is not of this device,
/// was answered before or is too old. A card that is refused is no error: the receipt says so.
pub async fn answer(
    app: &App,
    reader: &str,
    answer: &ReaderAnswer,
    now: AtMs,
) -> Result<ReaderReceipt, NeighbourError> {
    let reader = good(app, reader, now).await?;
    let ended = || NeighbourError::Refused(Refusal::ChallengeEnded);
    let row = rows::waiting(&app.db, &reader.organisation, &reader.device_id, now).await?;
    let row = row.filter(|row| row.id == answer.challenge_id).ok_or_else(ended)?;
    match app.db.commit(rows::take(&row.id, now)).await {
        Err(StoreError::Stale) => return Err(ended()),
        taken => taken.map(|_| ())?,
    }
    let (change, receipt) = match identify(app, &row, answer, now).await {
        Ok(found) => (found, receipt(true, "読み取りました。画面に戻ってください。")),
        Err(why) => {
            let event = event(app, &row, &reader, None, why.word, now).await?;
            let change = rows::refused(&row.id, &why.sentence).and_event(event);
            (change, receipt(false, "このカードは使えません。画面を見てください。"))
        }
    };
    match app.db.commit(change).await {
        // The page has begun anew in the meantime, or was closed.
        Err(StoreError::Stale) => Err(ended()),
        done => Ok(done.map(|_| receipt)?),
    }
}

fn receipt(accepted: bool, message: &str) -> ReaderReceipt {
    ReaderReceipt { accepted, message: message.to_owned() }
}

/// Why a card cannot be used.
struct Unusable {
    word: &'static str,
    sentence: String,
}

impl Unusable {
    fn new(word: &'static str, sentence: impl Into<String>) -> Self {
        Self { word, sentence: sentence.into() }
    }
}

/// The holder of the card, as the change that shows them to the page, with its event.
async fn identify(
    app: &App,
    row: &Row,
    answer: &ReaderAnswer,
    now: AtMs,
) -> Result<Change, Unusable> {
    let unable =
        |_| Unusable::new("internal", "いまは確認できません。少し待って、もう一度お試しください。");
    let (certificate, signature) = answer.decode().map_err(|error| unusable(error.into()))?;
    let challenge = challenge_bytes(row).map_err(unable)?;
    let check = check_of(row).map_err(unable)?;
    if answer.check != check {
        let refusal = Refusal::BadSignature;
        return Err(Unusable::new(refusal.word(), sentence(refusal)));
    }
    let eligibility = app.neighbours.eligibility.as_ref();
    let eligibility = eligibility.ok_or_else(|| unusable(NeighbourError::NotConfigured))?;
    let found = eligibility.identify(&certificate, &challenge, &signature, check).await;
    let found = found.map_err(|error| unusable(error.into()))?.person;
    let person = found.key.clone();
    held(app, row, &person, now).await?;
    let kept = Sealed { person, kana: found.name_kana, birth_date: found.birth_date };
    let text = serde_json::to_vec(&kept).map_err(|error| unable(AppError::internal(error)))?;
    let sealed = app.keyring.platform().seal(place(&row.id).as_bytes(), &text);
    let sealed = sealed.map_err(|error| unable(AppError::internal(error)))?;
    let device = device::get(&app.db, &row.device).await.map_err(|error| unable(error.into()))?;
    let device = device.ok_or_else(|| unable(AppError::Denied))?;
    let event = event(app, row, &device, Some(kept.person), check.word(), now).await;
    Ok(rows::found(&row.id, sealed).and_event(event.map_err(unable)?))
}

/// The platform holds the person and does not keep the caller's office from them, or the sentence
/// that says why not.
async fn held(app: &App, row: &Row, person: &PersonKey, now: AtMs) -> Result<(), Unusable> {
    let unable =
        |_| Unusable::new("internal", "いまは確認できません。少し待って、もう一度お試しください。");
    let facts = facts::load(&app.db, &app.keyring, person, None, now).await.map_err(unable)?;
    let blocked = row.organisation.provider().is_some_and(|office| facts.blocked(office));
    if facts.exists() && !blocked {
        return Ok(());
    }
    let insurer = crate::citizen::insurer(app, person).await.ok().flatten();
    let sentence = match insurer {
        Some(insurer) if insurer.connected_since.is_none() => {
            let because = insurer.not_connected_because.unwrap_or_default();
            format!("この方の保険者（{}）は、まだつながっていません。{because}", insurer.name)
        }
        _ => "この方の情報は、まだ届いていません。被保険者証で確かめてください。".to_owned(),
    };
    Err(Unusable::new("not-held", sentence))
}

fn unusable(error: NeighbourError) -> Unusable {
    let text = match &error {
        NeighbourError::Refused(refusal) => sentence(*refusal),
        NeighbourError::Away(GatewayError::Malformed { .. }) => {
            "カードの読み取りに失敗しました。カードを置き直して、もう一度お試しください。".to_owned()
        }
        NeighbourError::NotConfigured => {
            "この基盤は、カードを確かめる仕組みにまだつながっていません。カードなしでさがしてください。"
                .to_owned()
        }
        NeighbourError::Away(_) | NeighbourError::App(_) => {
            "カードを確かめる仕組みが、いま応えません。少し待つか、カードなしでさがしてください。"
                .to_owned()
        }
    };
    Unusable::new(error.word(), text)
}

/// Why a card was refused, and what to do.
fn sentence(refusal: Refusal) -> String {
    let next = match refusal {
        Refusal::Expired | Refusal::Revoked => {
            "市町村の窓口で手続きができます。きょうは、カードなしでさがしてください。"
        }
        Refusal::UnknownPerson => "被保険者証を見せてもらい、カードなしでさがしてください。",
        _ => "カードを置き直して、もう一度お試しください。",
    };
    format!("{}。{next}", refusal.japanese())
}

/// The event of a card that was read, by the account whose page asked for it.
async fn event(
    app: &App,
    row: &Row,
    device: &Device,
    person: Option<PersonKey>,
    note: &str,
    now: AtMs,
) -> Result<Event, AppError> {
    let memberships = account::memberships(&app.db, &row.account).await?;
    let own = memberships.iter().find(|own| own.membership.organisation == row.organisation);
    let actor = match own {
        Some(own) => Actor::Staff {
            organisation: row.organisation.clone(),
            account: row.account.clone(),
            job: own.membership.job,
            device: device.sha256.clone(),
        },
        None => Actor::System { part: "reader".to_owned() },
    };
    let outcome = if person.is_some() { Outcome::Allowed } else { Outcome::Failed };
    let purpose = Purpose::Eligibility;
    let note = Some(note.to_owned());
    let (action, touched) = (Action::Find, Vec::new());
    Ok(Event { at: now, actor, person, action, purpose, outcome, touched, note })
}
