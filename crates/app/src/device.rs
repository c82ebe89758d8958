//! Client certificates of devices (端末証明書): issue, renew, revoke.

pub(crate) mod due;

use std::path::Path;

use tasuki_core::account::{AccountLevel, Organisation};
use tasuki_core::date::{AtMs, DAY_MS};
use tasuki_core::event::{Action, Outcome};
use tasuki_core::words;
use tasuki_store::device::{self as store, Device};
use tasuki_store::{Change, Db, StoreError, insurer, provider, session};
use tasuki_tls::authority::{
    Authority, AuthorityError, Certificate, Issued, Reason, Revocation, RevocationList, Validity,
};
use tasuki_tls::{ClientSubject, Revoked, canonical_serial};

use crate::auth::record;
use crate::caller::By;
use crate::{App, AppError};

/// Days a new certificate is valid.
const VALID_DAYS: i64 = 730;

/// Days before its end from which a certificate can be renewed.
pub const RENEW_DAYS: i64 = 90;

/// Clocks of devices may be this far behind, in milliseconds.
const CLOCK_MS: i64 = 5 * 60_000;

/// Longest name of a device or of an organisation in a certificate, in characters.
const NAME_MAX: usize = 64;

/// Looked up again each time, for rows that another process committed late, in milliseconds.
const OVERLAP_MS: i64 = 60_000;

/// Revocations read at once; the country has about 400,000 devices.
const REVOKED_MAX: i64 = 1_000_000;

words! {
    /// Why a certificate is revoked (失効の理由).
    pub enum Why {
        /// Lost or stolen, or its key became known.
        Lost = "lost", "紛失・盗難";
        /// No longer used.
        Retired = "retired", "使わなくなった";
        /// A renewed certificate is in use.
        Renewed = "renewed", "新しい証明書に替えた";
        /// The office was renamed, renumbered or merged.
        OfficeChanged = "office_changed", "事業所の変更";
        /// The right to use the platform was withdrawn.
        Withdrawn = "withdrawn", "利用の停止";
    }
}

impl Why {
    /// The reason as a revocation list gives it.
    pub fn reason(self) -> Reason {
        match self {
            Self::Lost => Reason::KeyCompromise,
            Self::Retired => Reason::CessationOfOperation,
            Self::Renewed => Reason::Superseded,
            Self::OfficeChanged => Reason::AffiliationChanged,
            Self::Withdrawn => Reason::PrivilegeWithdrawn,
        }
    }
}

/// The authority in `directory` (`ca.pem`, `ca.key`).
///
/// # Errors
///
/// [`AppError::Internal`] when it is not there, or its key can be read by others.
pub fn authority(directory: &Path) -> Result<Authority, AppError> {
    Authority::load(directory).map_err(AppError::internal)
}

/// Issues a certificate with a new key for a device (証明書の発行); the key is handed over in the
/// answer and kept nowhere.
///
/// # Errors
///
/// [`AppError::Denied`] unless the caller is the operator or manages accounts of `organisation`,
/// [`AppError::NotFound`] when that is not known, [`AppError::Invalid`] on `name` with `required`
/// or `too-long`.
pub async fn issue(
    app: &App,
    by: By<'_>,
    authority: &Authority,
    organisation: &Organisation,
    name: &str,
    now: AtMs,
) -> Result<(Device, Issued), AppError> {
    manage(by, organisation)?;
    let subject = subject(app, organisation, crate::id::new(now)).await?;
    let name = device_name(name)?;
    let issued = authority.issue_client(&subject, validity(authority, now)).map_err(refused)?;
    let device = row(&issued.certificate, organisation, &subject, name, now);
    keep(app, by, "issued", &device, now).await?;
    Ok((device, issued))
}

/// Signs the request (CSR, PEM) of a device that made its own key.
///
/// # Errors
///
/// As [`issue`], and [`AppError::Invalid`] on `request` with `certificate-request`.
pub async fn sign_request(
    app: &App,
    by: By<'_>,
    authority: &Authority,
    organisation: &Organisation,
    (name, request_pem): (&str, &str),
    now: AtMs,
) -> Result<(Device, Certificate), AppError> {
    manage(by, organisation)?;
    let subject = subject(app, organisation, crate::id::new(now)).await?;
    let name = device_name(name)?;
    let validity = validity(authority, now);
    let signed = authority.sign_request(request_pem, &subject, validity).map_err(refused)?;
    let device = row(&signed, organisation, &subject, name, now);
    keep(app, by, "issued", &device, now).await?;
    Ok((device, signed))
}

/// Issues the certificate that follows on one which ends within 90 days (証明書の更新); the former
/// one works until its own end, so that nobody is locked out in between.
///
/// # Errors
///
/// As [`issue`]; [`AppError::NotFound`] when there is no good certificate of this SHA-256,
/// [`AppError::Invalid`] on `device` with `renew-early`.
pub async fn renew(
    app: &App,
    by: By<'_>,
    authority: &Authority,
    sha256: &str,
    now: AtMs,
) -> Result<(Device, Issued), AppError> {
    let (former, subject) = renewable(app, by, sha256, now).await?;
    let issued = authority.issue_client(&subject, validity(authority, now)).map_err(refused)?;
    let device = row(&issued.certificate, &former.organisation, &subject, former.name, now);
    keep(app, by, "renewed", &device, now).await?;
    Ok((device, issued))
}

/// As [`renew`], for a device that made its own key and sends a request (CSR, PEM).
///
/// # Errors
///
/// As [`renew`], and [`AppError::Invalid`] on `request` with `certificate-request`.
pub async fn sign_renewal(
    app: &App,
    by: By<'_>,
    authority: &Authority,
    sha256: &str,
    request_pem: &str,
    now: AtMs,
) -> Result<(Device, Certificate), AppError> {
    let (former, subject) = renewable(app, by, sha256, now).await?;
    let validity = validity(authority, now);
    let signed = authority.sign_request(request_pem, &subject, validity).map_err(refused)?;
    let device = row(&signed, &former.organisation, &subject, former.name, now);
    keep(app, by, "renewed", &device, now).await?;
    Ok((device, signed))
}

/// The certificate that is to be renewed, and whose the next one will be.
async fn renewable(
    app: &App,
    by: By<'_>,
    sha256: &str,
    now: AtMs,
) -> Result<(Device, ClientSubject), AppError> {
    let former = owned(app, by, sha256).await?;
    if !former.is_good(now) {
        return Err(AppError::NotFound);
    }
    if !is_due(&former, now) {
        return Err(AppError::invalid("device", "renew-early"));
    }
    let subject = subject(app, &former.organisation, former.device_id.clone()).await?;
    Ok((former, subject))
}

/// Keeps a new certificate with its event.
async fn keep(
    app: &App,
    by: By<'_>,
    what: &str,
    device: &Device,
    now: AtMs,
) -> Result<(), AppError> {
    app.db.commit(store::add(device).and(changed(by, what, &device.sha256, now))).await?;
    Ok(())
}

/// The certificate ends within [`RENEW_DAYS`] (更新の時期).
pub fn is_due(device: &Device, now: AtMs) -> bool {
    device.not_after.0 - now.0 <= RENEW_DAYS * DAY_MS
}

/// Revokes a certificate and ends all sessions on it, at once (証明書の失効).
///
/// # Errors
///
/// [`AppError::NotFound`] when the caller has no such device, [`AppError::Conflict`] when it is
/// revoked already.
pub async fn revoke(
    app: &App,
    by: By<'_>,
    sha256: &str,
    why: Why,
    now: AtMs,
) -> Result<(), AppError> {
    use tasuki_core::word::Word;
    owned(app, by, sha256).await?;
    let note = format!("revoked {}", why.word());
    let change = store::revoke(sha256, why.word(), now)
        .and(session::end_on_device(sha256))
        .and(changed(by, &note, sha256, now));
    app.db.commit(change).await?;
    Ok(())
}

/// All certificates of an organisation, newest first.
///
/// # Errors
///
/// [`AppError::Denied`] unless the caller is the operator or manages accounts there.
pub async fn list(
    app: &App,
    by: By<'_>,
    organisation: &Organisation,
) -> Result<Vec<Device>, AppError> {
    manage(by, organisation)?;
    Ok(store::list(&app.db, organisation).await?)
}

/// Serial numbers of all revoked certificates.
///
/// # Errors
///
/// [`AppError::Unavailable`] when the database fails.
pub async fn revoked_serials(db: &Db) -> Result<Vec<String>, AppError> {
    let all = store::revoked_since(db, AtMs(0), REVOKED_MAX).await?;
    Ok(all.into_iter().map(|(serial, _)| serial).collect())
}

/// The certificate with this SHA-256 or serial number (証明書の検索); hexadecimal digits in any
/// spelling, colons and spaces included.
///
/// # Errors
///
/// [`AppError::NotFound`] when the caller has no such device.
pub async fn find(app: &App, by: By<'_>, digits: &str) -> Result<Device, AppError> {
    let digits: String = digits.chars().filter(char::is_ascii_hexdigit).collect();
    if digits.len() == 64 {
        return owned(app, by, &digits.to_ascii_lowercase()).await;
    }
    let found = store::by_serial(&app.db, &canonical_serial(&digits)).await?;
    let found = found.ok_or(AppError::NotFound)?;
    manage(by, &found.organisation).map_err(|_| AppError::NotFound)?;
    Ok(found)
}

/// Good certificates of all organisations that can be renewed now, the soonest end first
/// (更新の時期を迎えた証明書).
///
/// # Errors
///
/// [`AppError::Denied`] unless the caller is the operator.
pub async fn due(app: &App, by: By<'_>, now: AtMs) -> Result<Vec<Device>, AppError> {
    manage(by, &Organisation::Operator)?;
    let before = now.plus_ms(RENEW_DAYS * DAY_MS);
    Ok(store::ending(&app.db, now, before, REVOKED_MAX).await?)
}

/// Signs the list of all revoked certificates (失効リスト), for servers that are not ours; our own
/// know of a revocation within a second without it.
///
/// # Errors
///
/// [`AppError::Unavailable`] when the database fails.
pub async fn revocation_list(
    app: &App,
    authority: &Authority,
    now: AtMs,
    next_update: AtMs,
) -> Result<RevocationList, AppError> {
    use tasuki_core::word::Word;
    let revoked = store::revoked(&app.db, REVOKED_MAX).await?;
    let entry = |device: Device| Revocation {
        serial_hex: device.serial,
        revoked_at_ms: device.revoked_at.unwrap_or(now).0,
        reason: device
            .revoked_why
            .and_then(|word| Why::from_word(&word))
            .map_or(Reason::Unspecified, Why::reason),
    };
    let revocations: Vec<Revocation> = revoked.into_iter().map(entry).collect();
    // Seconds grow with every list, and need no counter that could be lost.
    let number = u64::try_from(now.0 / 1_000).unwrap_or_default();
    let list = authority.revocation_list(&revocations, number, now.0, next_update.0);
    list.map_err(AppError::internal)
}

/// Takes in what was revoked since shortly before `newest` (0: ever); the newest moment seen.
///
/// The server calls it each second. While the database cannot be read the set stays as it is, and
/// no session is answered either.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn take_revoked(db: &Db, revoked: &Revoked, newest: AtMs) -> Result<AtMs, StoreError> {
    let since = newest.plus_ms(-OVERLAP_MS);
    let found = store::revoked_since(db, since, REVOKED_MAX).await?;
    let seen = found.last().map_or(newest, |(_, at)| newest.max(*at));
    if newest == AtMs(0) {
        revoked.replace(found.iter().map(|(serial, _)| serial));
    } else {
        let new = found.iter().filter(|(serial, _)| !revoked.contains(serial));
        new.for_each(|(serial, _)| revoked.insert(serial));
    }
    Ok(seen)
}

/// Refuses everybody but the operator and those who manage accounts of `organisation`.
fn manage(by: By<'_>, organisation: &Organisation) -> Result<(), AppError> {
    match by {
        By::Console => Ok(()),
        By::Staff(_) if by.is_operator() => Ok(()),
        By::Staff(staff)
            if staff.organisation == *organisation && staff.level != AccountLevel::General =>
        {
            Ok(())
        }
        By::Staff(_) => Err(AppError::Denied),
    }
}

/// A device the caller may manage; what they may not manage looks like none.
async fn owned(app: &App, by: By<'_>, sha256: &str) -> Result<Device, AppError> {
    let device = store::get(&app.db, sha256).await?.ok_or(AppError::NotFound)?;
    manage(by, &device.organisation).map_err(|_| AppError::NotFound)?;
    Ok(device)
}

async fn subject(
    app: &App,
    organisation: &Organisation,
    device_id: String,
) -> Result<ClientSubject, AppError> {
    let (name, number) = match organisation {
        Organisation::Provider(number) => {
            let stored = provider::get(&app.db, number).await?;
            (stored.map(|stored| stored.provider.name), number.as_str())
        }
        Organisation::Insurer(number) | Organisation::ReviewBoard(number) => {
            let stored = insurer::get(&app.db, number).await?;
            (stored.map(|stored| stored.insurer.name), number.as_str())
        }
        Organisation::Operator => (Some("運営センター".to_owned()), "operator"),
    };
    let name = name.ok_or(AppError::NotFound)?;
    Ok(ClientSubject {
        organisation: name.chars().take(NAME_MAX).collect(),
        organisation_number: number.to_owned(),
        device_id,
    })
}

fn device_name(name: &str) -> Result<String, AppError> {
    match name.trim() {
        "" => Err(AppError::invalid("name", "required")),
        name if name.chars().count() > NAME_MAX => Err(AppError::invalid("name", "too-long")),
        name => Ok(name.to_owned()),
    }
}

/// Two years, but never beyond the authority's own end.
fn validity(authority: &Authority, now: AtMs) -> Validity {
    let end = now.plus_ms(VALID_DAYS * DAY_MS).0;
    Validity {
        not_before_ms: now.plus_ms(-CLOCK_MS).0,
        not_after_ms: end.min(authority.validity().not_after_ms),
    }
}

fn row(
    certificate: &Certificate,
    organisation: &Organisation,
    subject: &ClientSubject,
    name: String,
    now: AtMs,
) -> Device {
    Device {
        sha256: certificate.sha256_hex.clone(),
        serial: certificate.serial_hex.clone(),
        organisation: organisation.clone(),
        device_id: subject.device_id.clone(),
        name,
        issued_at: now,
        not_after: AtMs(certificate.validity.not_after_ms),
        revoked_at: None,
        revoked_why: None,
    }
}

fn refused(error: AuthorityError) -> AppError {
    match error {
        AuthorityError::Request(_) => AppError::invalid("request", "certificate-request"),
        other => AppError::internal(other),
    }
}

fn changed(by: By<'_>, what: &str, sha256: &str, now: AtMs) -> Change {
    let note = format!("{what} {sha256}");
    Change::event(record::event(by.actor(), Action::DeviceChange, Outcome::Allowed, note, now))
}
