//! Accounts of staff (利用者アカウント): who makes and changes whom; every change is an event.

mod authority;
mod edit;

use tasuki_core::account::{Account, AccountLevel, JobType, Membership, Organisation};
use tasuki_core::date::AtMs;
use tasuki_core::event::{Action, Outcome};
use tasuki_store::account::{self as store, Credentials, Member, StoredMembership};
use tasuki_store::{Change, StoreError, provider, session};

use crate::auth::{record, rules, unlock as unlock_login};
use crate::caller::By;
use crate::secret::Secret;
use crate::{App, AppError};

pub use authority::{jobs, may_manage};
pub use edit::{Edit, NewPlace, change_place, edit, rename};

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Where it belongs.
    pub organisation: Organisation,
    /// What the member types to sign in.
    pub login: String,
    /// Name of the member, or of the software.
    pub name: String,
    /// Mail address, for codes and warnings.
    pub mail: Option<String>,
    /// Level within the organisation.
    pub level: AccountLevel,
    /// Job within it.
    pub job: JobType,
    /// Writes plans although the office is of another kind (※1 of the sharing table).
    pub writes_care_plans: bool,
    /// For software: gets tokens, never a page; its password does not have to be changed.
    pub software: bool,
}

/// An account that has just been made.
#[derive(Debug)]
pub struct Created {
    /// Its id.
    pub account: String,
    /// The password to hand over; shown once.
    pub password: Secret,
}

/// Longest name, in characters.
const NAME_MAX: usize = 60;

/// Makes an account with a password that its owner must change (アカウントの作成).
///
/// # Errors
///
/// [`AppError::Denied`] when the caller may not make accounts of this level there,
/// [`AppError::Invalid`] with `login-form`, `login-taken`, `required`, `too-long`, `mail` or
/// `job-here`.
pub async fn create(
    app: &App,
    by: By<'_>,
    new: &NewAccount,
    now: AtMs,
) -> Result<Created, AppError> {
    authority::manage(by, &new.organisation, new.level)?;
    let login = new.login.trim().to_lowercase();
    rules::login(&login)?;
    let (name, mail) = name_and_mail(&new.name, new.mail.as_deref())?;
    authority::job_fits(&new.organisation, new.job)?;
    let id = crate::id::new(now);
    // Software cannot change its password, so it gets one that nobody will guess.
    let password = Secret::readable(if new.software { 6 } else { 3 });
    let hash = app.passwords.hash(&password).await?;
    let account = Account {
        id: id.clone(),
        login,
        name,
        mail,
        software: new.software,
        active: true,
        version: 1,
    };
    let membership = Membership {
        organisation: new.organisation.clone(),
        level: new.level,
        job: new.job,
        writes_care_plans: new.writes_care_plans,
    };
    let change = store::create(&account, &hash, !new.software, now)
        .and(store::add_membership(&id, &membership))
        .and(changed(by, "created", &id, now));
    match app.db.commit(change).await {
        Ok(_) => Ok(Created { account: id, password }),
        Err(StoreError::Duplicate) => Err(AppError::invalid("login", "login-taken")),
        Err(error) => Err(error.into()),
    }
}

/// Lets a member of another office of the same corporation work here too (兼務).
///
/// # Errors
///
/// [`AppError::NotFound`] when no active account of the corporation has this login,
/// [`AppError::Conflict`] when it belongs here already, else as [`create`].
pub async fn add_membership(
    app: &App,
    by: By<'_>,
    organisation: &Organisation,
    login: &str,
    place: NewPlace,
    now: AtMs,
) -> Result<(), AppError> {
    authority::manage(by, organisation, place.level)?;
    authority::job_fits(organisation, place.job)?;
    let found = store::by_login(&app.db, &login.trim().to_lowercase()).await?;
    let account = found.map(|found| found.account).filter(|account| account.active);
    let account = account.ok_or(AppError::NotFound)?;
    if !by.is_operator() && !in_corporation_of(app, &account.id, organisation).await? {
        return Err(AppError::NotFound);
    }
    let membership = Membership {
        organisation: organisation.clone(),
        level: place.level,
        job: place.job,
        writes_care_plans: place.writes_care_plans,
    };
    let change = store::add_membership(&account.id, &membership);
    app.db.commit(change.and(changed(by, "joined", &account.id, now))).await?;
    Ok(())
}

/// Ends what an account may do in an organisation, and its sessions there, at once (退職・異動).
///
/// When it was the last organisation, the account itself is stopped.
///
/// # Errors
///
/// As [`rename`].
pub async fn off_board(
    app: &App,
    by: By<'_>,
    organisation: &Organisation,
    account: &str,
    version: i64,
    now: AtMs,
) -> Result<(), AppError> {
    let (credentials, mut stored) = member(app, by, organisation, account).await?;
    stored.active = false;
    stored.version = version;
    let mut change = store::update_membership(account, &stored)
        .and(session::end_in_organisation(account, organisation))
        .and(changed(by, "off-boarded", account, now));
    let others = store::memberships(&app.db, account).await?;
    let elsewhere =
        |own: &StoredMembership| own.active && own.membership.organisation != *organisation;
    if !others.iter().any(elsewhere) {
        let stopped = Account { active: false, ..credentials.account };
        change = change.and(store::update(&stopped));
        change = change.and(session::end_of_account(account, None));
    }
    app.db.commit(change).await?;
    Ok(())
}

/// Takes a former member back with the place they had.
///
/// # Errors
///
/// As [`rename`].
pub async fn take_back(
    app: &App,
    by: By<'_>,
    organisation: &Organisation,
    account: &str,
    version: i64,
    now: AtMs,
) -> Result<(), AppError> {
    let (credentials, mut stored) = member(app, by, organisation, account).await?;
    stored.active = true;
    stored.version = version;
    let mut change = store::update_membership(account, &stored);
    if !credentials.account.active {
        let active = Account { active: true, ..credentials.account };
        change = change.and(store::update(&active));
    }
    app.db.commit(change.and(changed(by, "taken-back", account, now))).await?;
    Ok(())
}

/// Gives a new temporary password and forgets the code application; all sessions end and the
/// login is unlocked (再設定).
///
/// # Errors
///
/// As [`rename`]; also denied while the account has a higher level elsewhere.
pub async fn reset(
    app: &App,
    by: By<'_>,
    organisation: &Organisation,
    account: &str,
    now: AtMs,
) -> Result<Secret, AppError> {
    let (credentials, _) = whole(app, by, organisation, account).await?;
    let software = credentials.account.software;
    let password = Secret::readable(if software { 6 } else { 3 });
    let hash = app.passwords.hash(&password).await?;
    let change = store::set_password(account, &credentials.password_hash, &hash, !software)
        .and(store::reset_code(account))
        .and(session::end_of_account(account, None))
        .and(unlock_login(app, &credentials.account.login))
        .and(changed(by, "reset", account, now));
    app.db.commit(change).await?;
    Ok(password)
}

/// Lets a locked account try again at once (ロックの解除).
///
/// # Errors
///
/// As [`rename`].
pub async fn unlock(
    app: &App,
    by: By<'_>,
    organisation: &Organisation,
    account: &str,
    now: AtMs,
) -> Result<(), AppError> {
    let (credentials, _) = whole(app, by, organisation, account).await?;
    let change = unlock_login(app, &credentials.account.login);
    app.db.commit(change.and(changed(by, "unlocked", account, now))).await?;
    Ok(())
}

/// The staff of an organisation by login, former members included (職員の一覧).
///
/// # Errors
///
/// [`AppError::Denied`] unless the caller manages accounts there.
pub async fn list(
    app: &App,
    by: By<'_>,
    organisation: &Organisation,
    after: &str,
    limit: u16,
) -> Result<Vec<Member>, AppError> {
    authority::see(by, organisation)?;
    Ok(store::members(&app.db, organisation, after, i64::from(limit)).await?)
}

/// An account and its place in an organisation, for whoever may change it.
///
/// # Errors
///
/// As [`rename`].
pub async fn get(
    app: &App,
    by: By<'_>,
    organisation: &Organisation,
    account: &str,
) -> Result<(Account, StoredMembership), AppError> {
    let (credentials, stored) = member(app, by, organisation, account).await?;
    Ok((credentials.account, stored))
}

/// A member whom the caller may change.
async fn member(
    app: &App,
    by: By<'_>,
    organisation: &Organisation,
    account: &str,
) -> Result<(Credentials, StoredMembership), AppError> {
    authority::see(by, organisation)?;
    let stored = store::membership_in(&app.db, account, organisation).await?;
    let stored = stored.ok_or(AppError::NotFound)?;
    authority::manage(by, organisation, stored.membership.level)?;
    let credentials = store::by_id(&app.db, account).await?.ok_or(AppError::NotFound)?;
    Ok((credentials, stored))
}

/// A member whose account as a whole the caller may change: it has no higher level elsewhere.
async fn whole(
    app: &App,
    by: By<'_>,
    organisation: &Organisation,
    account: &str,
) -> Result<(Credentials, StoredMembership), AppError> {
    let found = member(app, by, organisation, account).await?;
    is_lower_everywhere(app, by, account, found.1.membership.level).await?;
    Ok(found)
}

/// Refuses to change an account as a whole that has a higher level than `here` elsewhere.
async fn is_lower_everywhere(
    app: &App,
    by: By<'_>,
    account: &str,
    here: AccountLevel,
) -> Result<(), AppError> {
    let here = authority::rank(here);
    let own = store::memberships(&app.db, account).await?;
    let higher =
        |own: &StoredMembership| own.active && authority::rank(own.membership.level) > here;
    match !by.is_operator() && own.iter().any(higher) {
        true => Err(AppError::Denied),
        false => Ok(()),
    }
}

async fn in_corporation_of(
    app: &App,
    account: &str,
    organisation: &Organisation,
) -> Result<bool, AppError> {
    let Some(corporation) = corporation(app, organisation).await? else { return Ok(false) };
    for own in store::memberships(&app.db, account).await? {
        let theirs = corporation_of(app, &own).await?;
        if own.active && theirs.as_ref() == Some(&corporation) {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn corporation_of(app: &App, own: &StoredMembership) -> Result<Option<String>, AppError> {
    corporation(app, &own.membership.organisation).await
}

async fn corporation(app: &App, organisation: &Organisation) -> Result<Option<String>, AppError> {
    let Some(number) = organisation.provider() else { return Ok(None) };
    let stored = provider::get(&app.db, number).await?;
    let number = stored.and_then(|stored| stored.provider.corporation_number);
    Ok(number.filter(|number| !number.is_empty()))
}

fn name_and_mail(name: &str, mail: Option<&str>) -> Result<(String, Option<String>), AppError> {
    let name = name.trim();
    if name.is_empty() {
        return Err(AppError::invalid("name", "required"));
    }
    if name.chars().count() > NAME_MAX {
        return Err(AppError::invalid("name", "too-long"));
    }
    let mail = mail.map(str::trim).filter(|mail| !mail.is_empty());
    if mail.is_some_and(|mail| !is_mail(mail)) {
        return Err(AppError::invalid("mail", "mail"));
    }
    Ok((name.to_owned(), mail.map(str::to_owned)))
}

fn is_mail(mail: &str) -> bool {
    let plain = mail.len() <= 254 && mail.chars().all(|c| c.is_ascii_graphic());
    let parts = mail.split_once('@');
    plain && parts.is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
}

fn changed(by: By<'_>, what: &str, account: &str, now: AtMs) -> Change {
    let note = format!("{what} {account}");
    let action = Action::AccountChange;
    Change::event(record::event(by.actor(), action, Outcome::Allowed, note, now))
}
