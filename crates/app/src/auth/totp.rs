//! The code application (ワンタイムコード): six digits, new every 30 seconds.

use tasuki_core::date::AtMs;
use tasuki_store::seal::Keyring;
use totp_rs::{Builder, Totp};
use zeroize::Zeroizing;

use super::Enrolment;
use crate::AppError;
use crate::secret::Secret;

/// How the application lists the account.
const ISSUER: &str = "Tasuki";

/// A new secret of 160 bits.
pub(crate) fn new_secret() -> Zeroizing<Vec<u8>> {
    Zeroizing::new(rand::random::<[u8; 20]>().to_vec())
}

/// Seals the secret of an account.
pub(crate) fn seal(keyring: &Keyring, account: &str, secret: &[u8]) -> Result<Vec<u8>, AppError> {
    keyring.platform().seal(&place(account), secret).map_err(AppError::internal)
}

/// The time step whose code this is, one step early or late allowed; `None` for a wrong code.
pub(crate) fn step(
    keyring: &Keyring,
    account: &str,
    sealed: &[u8],
    code: &str,
    now: AtMs,
) -> Result<Option<i64>, AppError> {
    let secret = keyring.platform().open(&place(account), sealed).map_err(AppError::internal)?;
    let seconds = u64::try_from(now.0 / 1_000).unwrap_or(0);
    let step = totp(&secret, "")?.check(code, seconds);
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

/// What the application needs to know.
pub(crate) fn enrolment(secret: &[u8], login: &str) -> Result<Enrolment, AppError> {
    let totp = totp(secret, login)?;
    Ok(Enrolment {
        uri: Secret::new(totp.to_url().map_err(AppError::internal)?),
        key: Secret::new(totp.secret().to_base32()),
    })
}

fn totp(secret: &[u8], login: &str) -> Result<Totp, AppError> {
    let builder = Builder::new().with_secret(secret).with_account_name(login);
    builder.with_issuer(Some(ISSUER)).build().map_err(AppError::internal)
}

fn place(account: &str) -> Vec<u8> {
    format!("account/{account}/totp").into_bytes()
}
