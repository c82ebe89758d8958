//! Changing a member (職員の変更): name and mail address, level and job.

use tasuki_core::account::{Account, AccountLevel, JobType, Organisation};
use tasuki_core::date::AtMs;
use tasuki_store::Change;
use tasuki_store::account::{self as store, StoredMembership};

use super::{authority, changed, is_lower_everywhere, member, name_and_mail, whole};
use crate::caller::By;
use crate::{App, AppError};

/// A member's place in an organisation, as it is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewPlace {
    /// Level.
    pub level: AccountLevel,
    /// Job.
    pub job: JobType,
    /// Writes plans although the office is of another kind.
    pub writes_care_plans: bool,
}

impl NewPlace {
    /// The place that `stored` has.
    fn of(stored: &StoredMembership) -> Self {
        let place = &stored.membership;
        Self { level: place.level, job: place.job, writes_care_plans: place.writes_care_plans }
    }
}

/// A member as they are to be, with the versions that were read.
#[derive(Debug, Clone, Copy)]
pub struct Edit<'a> {
    /// Version of the account.
    pub version: i64,
    /// Name.
    pub name: &'a str,
    /// Mail address.
    pub mail: Option<&'a str>,
    /// Version of the place.
    pub place_version: i64,
    /// Level and job.
    pub place: NewPlace,
}

/// Changes what differs of a member's name, mail address, level and job, all of it or nothing
/// (職員の変更). An event each for the account and for the place; nothing when nothing differs.
///
/// # Errors
///
/// As [`rename`] and [`change_place`].
pub async fn edit(
    app: &App,
    by: By<'_>,
    organisation: &Organisation,
    account: &str,
    edit: Edit<'_>,
    now: AtMs,
) -> Result<(), AppError> {
    let (credentials, stored) = member(app, by, organisation, account).await?;
    let (name, mail) = name_and_mail(edit.name, edit.mail)?;
    let mut change = None;
    if name != credentials.account.name || mail != credentials.account.mail {
        is_lower_everywhere(app, by, account, stored.membership.level).await?;
        let renamed = Account { name, mail, version: edit.version, ..credentials.account };
        change = Some(renaming(by, &renamed, now));
    }
    if edit.place != NewPlace::of(&stored) {
        let placing =
            placing(by, organisation, account, (stored, edit.place_version), edit.place, now)?;
        change = Some(change.unwrap_or_default().and(placing));
    }
    if let Some(change) = change {
        app.db.commit(change).await?;
    }
    Ok(())
}

/// Changes name and mail address.
///
/// # Errors
///
/// [`AppError::NotFound`] when the account does not belong here, [`AppError::Denied`] when the
/// caller may not change it, [`AppError::Conflict`] when somebody else just did,
/// [`AppError::Invalid`] with `required`, `too-long` or `mail`.
pub async fn rename(
    app: &App,
    by: By<'_>,
    organisation: &Organisation,
    account: &str,
    version: i64,
    (name, mail): (&str, Option<&str>),
    now: AtMs,
) -> Result<(), AppError> {
    let (credentials, _) = whole(app, by, organisation, account).await?;
    let (name, mail) = name_and_mail(name, mail)?;
    let renamed = Account { name, mail, version, ..credentials.account };
    app.db.commit(renaming(by, &renamed, now)).await?;
    Ok(())
}

fn renaming(by: By<'_>, renamed: &Account, now: AtMs) -> Change {
    store::update(renamed).and(changed(by, "renamed", &renamed.id, now))
}

/// Changes level and job in an organisation; it holds from the next request on (職種の変更).
///
/// # Errors
///
/// As [`rename`], and [`AppError::Invalid`] with `job-here`.
pub async fn change_place(
    app: &App,
    by: By<'_>,
    organisation: &Organisation,
    account: &str,
    version: i64,
    place: NewPlace,
    now: AtMs,
) -> Result<(), AppError> {
    let (_, stored) = member(app, by, organisation, account).await?;
    let change = placing(by, organisation, account, (stored, version), place, now)?;
    app.db.commit(change).await?;
    Ok(())
}

fn placing(
    by: By<'_>,
    organisation: &Organisation,
    account: &str,
    (mut stored, version): (StoredMembership, i64),
    place: NewPlace,
    now: AtMs,
) -> Result<Change, AppError> {
    authority::manage(by, organisation, place.level)?;
    authority::job_fits(organisation, place.job)?;
    stored.membership.level = place.level;
    stored.membership.job = place.job;
    stored.membership.writes_care_plans = place.writes_care_plans;
    stored.version = version;
    Ok(store::update_membership(account, &stored).and(changed(by, "place", account, now)))
}
