//! Cards (カードの読み取り): the page asks, the reader of the same device answers, online eligibility says
//! who it is, and the page goes on: to the person found, or to the consent that the card gives.
//!
//! Each challenge is bound to one account on one device, lives three minutes and is answered once.

mod for_consent;
mod reader;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tasuki_core::assignment::IdentityCheck;
use tasuki_core::date::AtMs;
use tasuki_core::insured::{PersonKey, Personal};
use tasuki_core::word::Word;
use tasuki_gateway::card::CardCheck;
use tasuki_gateway::reader::CHALLENGE_BYTES;
use tasuki_policy::authorise_search;
use tasuki_store::card_check::{self as rows, CardCheck as Row, Stage};
use tasuki_store::{StoreError, device, rate};

pub(crate) use for_consent::{ForConsent, begin_for, for_person, spend};
pub use reader::{answer, challenge};

use crate::access::Visitor;
use crate::caller::Staff;
use crate::find::{self, Proof};
use crate::neighbours::NeighbourError;
use crate::{App, AppError};

/// How long a challenge lives, in milliseconds.
const CHALLENGE_MS: i64 = 3 * 60_000;

/// A reader that asked within this time is there, in milliseconds.
const THERE_MS: i64 = 2 * 60_000;

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
    wait(app, staff, check, crate::id::new(now), None, now).await
}

/// Begins to wait for a card: for the consent that is sealed in `consent`, else to find a person.
async fn wait(
    app: &App,
    staff: &Staff,
    check: CardCheck,
    id: String,
    consent: Option<Vec<u8>>,
    now: AtMs,
) -> Result<(), AppError> {
    if app.neighbours.eligibility.is_none() {
        return Err(AppError::Unavailable(NeighbourError::NotConfigured.into()));
    }
    crate::limit::finds(app, staff, now).await?;
    let row = Row {
        id,
        organisation: staff.organisation.clone(),
        device: staff.device.clone(),
        account: staff.account.clone(),
        challenge: hex::encode(rand::random::<[u8; CHALLENGE_BYTES]>()),
        way: check.word().to_owned(),
        consent,
        stage: Stage::Waiting,
        answer: None,
        refusal: None,
        made_at: now,
        until: now.plus_ms(CHALLENGE_MS),
    };
    app.db.commit(rows::begin(&row)).await?;
    Ok(())
}

/// Where the caller's reading to find a person stands.
///
/// # Errors
///
/// [`AppError::Unavailable`] when the database fails.
pub async fn reading(app: &App, staff: &Staff, now: AtMs) -> Result<Reading, AppError> {
    state(app, staff, to_find(app, staff).await?, now).await
}

pub(crate) async fn state(
    app: &App,
    staff: &Staff,
    row: Option<Row>,
    now: AtMs,
) -> Result<Reading, AppError> {
    let Some(row) = row else { return Ok(Reading::None { ran_out: false }) };
    if row.until <= now && row.stage != Stage::Used {
        return Ok(Reading::None { ran_out: true });
    }
    Ok(match row.stage {
        Stage::Used => Reading::None { ran_out: false },
        Stage::Waiting => {
            let page = device::get(&app.db, &staff.device).await?;
            let subject = page.as_ref().map(reader::presence).unwrap_or_default();
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
    let row = to_find(app, staff).await?;
    let row = row.filter(|row| is_read(row, now)).ok_or(AppError::NotFound)?;
    let check = compared(&row, photo_compared)?;
    let Sealed { person, .. } = unsealed(app, &row)?;
    app.db.commit(rows::used(&row.id)).await?;
    let identity: IdentityCheck = check.identity_check();
    find::prove(app, staff, person, identity, now)
}

/// The holder is known, and not for too long.
fn is_read(row: &Row, now: AtMs) -> bool {
    row.stage == Stage::Found && now < row.until
}

/// How the holder was checked; where by eye, the photo must have been compared.
fn compared(row: &Row, photo_compared: bool) -> Result<CardCheck, AppError> {
    let check = check_of(row)?;
    match check == CardCheck::ByEye && !photo_compared {
        true => Err(AppError::invalid("photo", "photo")),
        false => Ok(check),
    }
}

/// The caller's newest reading, when it is to find a person.
async fn to_find(app: &App, staff: &Staff) -> Result<Option<Row>, AppError> {
    Ok(own(app, staff).await?.filter(|row| row.consent.is_none()))
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
