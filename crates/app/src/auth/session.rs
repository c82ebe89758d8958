//! Open sessions (セッション): who is behind a token, and how a session ends.

use tasuki_core::account::{JobType, Organisation};
use tasuki_core::date::AtMs;
use tasuki_core::event::{Action, Outcome};
use tasuki_store::session::{self as store, Kind, Opened, Stage};
use tasuki_store::{Change, StoreError, account, device, insurer};

use super::place::{self, DevicePlace};
use super::record;
use crate::caller::Staff;
use crate::secret::sha256;
use crate::{App, AppError};

/// A request of a signed-in member of staff, or of their office's software.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who.
    pub staff: Staff,
    /// Names the session to its owner: SHA-256 of its token.
    pub session: String,
    /// Token against forged forms.
    pub csrf: String,
    /// When the session ends, whatever happens.
    pub ends_at: AtMs,
}

/// Another organisation that a member can act for on this device (所属の切り替え).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The organisation.
    pub organisation: Organisation,
    /// Its name.
    pub name: String,
    /// The member's job there.
    pub job: JobType,
}

/// One of the caller's own open sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnSession {
    /// Names it.
    pub session: String,
    /// What the office calls the device.
    pub device_name: String,
    /// For which organisation.
    pub organisation: Option<Organisation>,
    /// When it began.
    pub created_at: AtMs,
    /// Newest request, to the minute.
    pub seen_at: AtMs,
    /// It is the session of this request.
    pub current: bool,
}

/// A request is noted in the session's row at most once in this time, in milliseconds.
const TOUCH_MS: i64 = 60_000;

/// Who is behind a page's session token on this device (SHA-256 of its certificate).
///
/// One read decides: session, account, membership, device and office must all stand now, so
/// stopping any of them ends the session at once. The row notes the request at most once a minute
/// and without waiting; a session may thus end up to a minute before its idle time is over.
///
/// # Errors
///
/// [`AppError::SignInNeeded`] whatever is missing.
pub async fn authenticate(
    app: &App,
    token: &str,
    device: &str,
    now: AtMs,
) -> Result<SignedIn, AppError> {
    authenticate_as(app, token, device, Kind::Staff, now).await
}

#[tracing::instrument(level = "debug", name = "session", skip_all)]
pub(crate) async fn authenticate_as(
    app: &App,
    token: &str,
    device: &str,
    kind: Kind,
    now: AtMs,
) -> Result<SignedIn, AppError> {
    let opened = store::opened(&app.db, &sha256(token)).await?.ok_or(AppError::SignInNeeded)?;
    let alive = opened.session.kind == kind && opened.session.is_alive(now);
    if !alive || !stands_on(&opened, device, now) {
        return Err(AppError::SignInNeeded);
    }
    if now.0 - opened.session.seen_at.0 >= TOUCH_MS {
        let (db, touch) = (app.db.clone(), store::touch(&opened.session.token_hash, now));
        tokio::spawn(async move {
            if let Err(error) = db.commit(touch).await {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(error, "session not touched");
            }
        });
    }
    signed_in(opened).ok_or(AppError::SignInNeeded)
}

/// Everything the session rests on holds at `now`; its own end is not looked at.
pub(crate) fn stands_on(opened: &Opened, device: &str, now: AtMs) -> bool {
    let session = &opened.session;
    let Some(organisation) = &session.organisation else { return false };
    let place = DevicePlace {
        organisation: &opened.device_organisation,
        corporation: opened.device_corporation.as_deref(),
        office_active: opened.device_office_active,
    };
    session.device.as_deref() == Some(device)
        && opened.account_active
        && opened.membership_active
        && !opened.device_revoked
        && now <= opened.device_not_after
        && place.fits(organisation, opened.provider.as_ref())
}

fn signed_in(opened: Opened) -> Option<SignedIn> {
    let Opened { session, provider, .. } = opened;
    let organisation = session.organisation?;
    let office_name = provider.as_ref().map(|office| office.name.clone());
    Some(SignedIn {
        staff: Staff {
            account: session.account?,
            name: opened.name,
            organisation_name: name(&organisation, office_name, opened.insurer_name),
            organisation,
            level: opened.level,
            job: opened.job,
            writes_care_plans: opened.writes_care_plans,
            device: session.device?,
            provider,
        },
        session: session.token_hash,
        csrf: session.csrf,
        ends_at: session.ends_at,
    })
}

fn name(organisation: &Organisation, office: Option<String>, insurer: Option<String>) -> String {
    match organisation {
        Organisation::Provider(_) => office.unwrap_or_default(),
        Organisation::Insurer(_) => insurer.unwrap_or_default(),
        Organisation::ReviewBoard(_) => {
            format!("{} 介護認定審査会", insurer.unwrap_or_default())
        }
        Organisation::Operator => "運営センター".to_owned(),
    }
}

/// Ends the session of this request (サインアウト).
///
/// # Errors
///
/// [`AppError::SignInNeeded`] when it has ended already.
pub async fn sign_out(app: &App, caller: &SignedIn, now: AtMs) -> Result<(), AppError> {
    let change = store::end(&caller.session, Stage::Open);
    match app.db.commit(change.and(signed_out(caller, "own", now))).await {
        Err(StoreError::Stale) => Err(AppError::SignInNeeded),
        other => Ok(other.map(|_| ())?),
    }
}

/// Ends one of the caller's sessions.
///
/// # Errors
///
/// [`AppError::NotFound`] when the caller has no such open session.
pub async fn end_session(
    app: &App,
    caller: &SignedIn,
    session: &str,
    now: AtMs,
) -> Result<(), AppError> {
    let change = store::end_own(session, &caller.staff.account);
    match app.db.commit(change.and(signed_out(caller, "one", now))).await {
        Err(StoreError::Stale) => Err(AppError::NotFound),
        other => Ok(other.map(|_| ())?),
    }
}

/// Ends all of the caller's sessions but this one, their software's tokens included.
///
/// # Errors
///
/// [`AppError::Unavailable`] when the database fails.
pub async fn end_all_sessions(app: &App, caller: &SignedIn, now: AtMs) -> Result<(), AppError> {
    let change = store::end_of_account(&caller.staff.account, Some(&caller.session));
    app.db.commit(change.and(signed_out(caller, "all-others", now))).await?;
    Ok(())
}

/// The caller's open sessions, newest first.
///
/// # Errors
///
/// [`AppError::Unavailable`] when the database fails.
pub async fn sessions(
    app: &App,
    caller: &SignedIn,
    now: AtMs,
) -> Result<Vec<OwnSession>, AppError> {
    let mut own = Vec::new();
    for session in store::of_account(&app.db, &caller.staff.account, now).await? {
        let device = device::get(&app.db, session.device.as_deref().unwrap_or_default()).await?;
        own.push(OwnSession {
            current: session.token_hash == caller.session,
            session: session.token_hash,
            device_name: device.map(|device| device.name).unwrap_or_default(),
            organisation: session.organisation,
            created_at: session.created_at,
            seen_at: session.seen_at,
        });
    }
    Ok(own)
}

/// The organisations, besides the present one, that the caller can act for on this device.
///
/// Most belong to one alone, and every page asks: for them it is one read.
///
/// # Errors
///
/// [`AppError::Unavailable`] when the database fails.
pub async fn other_places(app: &App, caller: &SignedIn) -> Result<Vec<Place>, AppError> {
    let staff = &caller.staff;
    let memberships = account::memberships(&app.db, &staff.account).await?;
    let other = |own: &account::StoredMembership| {
        own.active && own.membership.organisation != staff.organisation
    };
    let others: Vec<_> = memberships.into_iter().filter(other).collect();
    if others.is_empty() {
        return Ok(Vec::new());
    }
    let device = device::get(&app.db, &staff.device).await?;
    let device = device.ok_or(AppError::SignInNeeded)?;
    // Collected before the next await: a borrowing iterator across it is not `Send` for all lives.
    let organisations: Vec<_> =
        others.iter().map(|own| own.membership.organisation.clone()).collect();
    let mut places = Vec::new();
    for (organisation, office) in place::fitting(app, &device, organisations).await? {
        let own = others.iter().find(|own| own.membership.organisation == organisation);
        let Some(own) = own else { continue };
        let insurer = match &organisation {
            Organisation::Insurer(number) | Organisation::ReviewBoard(number) => {
                insurer::get(&app.db, number).await?.map(|stored| stored.insurer.name)
            }
            Organisation::Provider(_) | Organisation::Operator => None,
        };
        places.push(Place {
            name: name(&organisation, office.map(|office| office.name), insurer),
            job: own.membership.job,
            organisation,
        });
    }
    Ok(places)
}

/// Lets the session act for another organisation of the caller (事業所の切り替え).
///
/// # Errors
///
/// [`AppError::NotFound`] when the caller does not belong to it or this device may not be used
/// for it: both look the same. To switch to the present one is no error and no event.
pub async fn switch(
    app: &App,
    caller: &SignedIn,
    organisation: &Organisation,
    now: AtMs,
) -> Result<(), AppError> {
    if *organisation == caller.staff.organisation {
        return Ok(());
    }
    let places = other_places(app, caller).await?;
    let place = places.into_iter().find(|place| place.organisation == *organisation);
    let place = place.ok_or(AppError::NotFound)?;
    let staff = &caller.staff;
    let actor = record::staff(organisation, &staff.account, place.job, &staff.device);
    let event = record::event(actor, Action::SignIn, Outcome::Allowed, "switched", now);
    app.db.commit(store::switch(&caller.session, organisation).and_event(event)).await?;
    Ok(())
}

fn signed_out(caller: &SignedIn, which: &str, now: AtMs) -> Change {
    let actor = caller.staff.actor();
    Change::event(record::event(actor, Action::SignOut, Outcome::Allowed, which, now))
}
