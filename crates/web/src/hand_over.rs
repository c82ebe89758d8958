//! Handing over what is kept nowhere (一度だけ渡すもの): a first password, a certificate's key.

use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tasuki_app::AppError;
use tasuki_app::secret::Secret;
use tasuki_store::device::Device;
use tasuki_tls::authority::Issued;

use crate::page::once::{IssuedPage, OncePage};
use crate::page::{Link, Rendered, Shell};
use crate::server::State;

/// Login and first password; the page is never shown again.
pub(crate) fn password(state: &State, login: &str, password: &Secret, next: Link) -> Response {
    let page = OncePage {
        shell: Shell::new("職員に渡すもの", state.now()),
        intro: vec![
            "次のIDと最初のパスワードを、本人に直接渡してください。この画面は二度と出ません。"
                .to_owned(),
            "本人は最初のサインインで、パスワードを自分だけのものに変えます。".to_owned(),
        ],
        lines: vec![format!("ID　{login}"), format!("パスワード　{}", password.expose())],
        next,
    };
    Rendered::new(page).into_response()
}

/// A certificate with its key, as browsers and as programs take it; the page is never shown again.
///
/// # Errors
///
/// [`AppError::Internal`] when the file cannot be made.
pub(crate) fn certificate(
    state: &State,
    (device, issued): (Device, Issued),
    next: Link,
) -> Result<Response, AppError> {
    let password = Secret::readable(3);
    let p12 = issued.pkcs12(&device.name, password.expose()).map_err(AppError::internal)?;
    let pem = format!("{}{}", issued.key_pem(), issued.chain_pem());
    let page = IssuedPage {
        shell: Shell::new("電子証明書を受け取る", state.now()),
        device: device.name,
        not_after: device.not_after,
        p12: STANDARD.encode(p12),
        password: password.expose().to_owned(),
        pem: STANDARD.encode(pem),
        name: device.device_id,
        next,
    };
    Ok(Rendered::new(page).into_response())
}
