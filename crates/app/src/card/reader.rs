//! The reader's side of a reading (カード読取アプリの側): it takes the challenge and brings the answer.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tasuki_core::account::Organisation;
use tasuki_core::date::AtMs;
use tasuki_core::event::{Action, Actor, Event, Outcome, Purpose};
use tasuki_core::insured::PersonKey;
use tasuki_core::word::Word;
use tasuki_gateway::reader::{ReaderAnswer, ReaderChallenge, ReaderReceipt};
use tasuki_gateway::{GatewayError, Refusal};
use tasuki_store::card_check::{self as rows, CardCheck as Row};
use tasuki_store::device::Device;
use tasuki_store::{Change, StoreError, account, device, facts, provider, rate};

use super::{Sealed, check_of, for_consent, place};
use crate::neighbours::NeighbourError;
use crate::{App, AppError};

/// Milliseconds of one window in which a reader's presence is noted once.
const WINDOW_MS: i64 = 60_000;

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

pub(super) fn presence(device: &Device) -> String {
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
            let event = failed(app, &row, &reader, why.word, now).await?;
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
    let found = found.map_err(|error| unusable(error.into()))?;
    if let Some(wanted) = for_consent::wanted(app, row).map_err(unable)?
        && !for_consent::is_holder(&wanted, &found)
    {
        return Err(Unusable::new("other_person", OTHER_PERSON));
    }
    let found = found.person;
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

/// What the page says of a card that is not the one it waits for.
const OTHER_PERSON: &str = "これは、この方のカードではありません。この方ご本人のカードを置いてください。\
                            カードがないときは、この画面の署名か、紙の同意書でも登録できます。";

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

/// The event of a card that cannot be used: about the person whose consent it was to give, else
/// about nobody.
async fn failed(
    app: &App,
    row: &Row,
    reader: &Device,
    note: &str,
    now: AtMs,
) -> Result<Event, AppError> {
    let person = for_consent::wanted(app, row)?;
    let action = if person.is_some() { Action::ConsentGive } else { Action::Find };
    let event = event(app, row, reader, person, note, now).await?;
    Ok(Event { action, outcome: Outcome::Failed, ..event })
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
    let outcome = Outcome::Allowed;
    let purpose = Purpose::Eligibility;
    let note = Some(note.to_owned());
    let (action, touched) = (Action::Find, Vec::new());
    Ok(Event { at: now, actor, person, action, purpose, outcome, touched, note })
}
