//! Who is behind a request of software (呼び出したソフトウェア): certificate and access token.

use axum::extract::FromRequestParts;
use http::header;
use http::request::Parts;
use tasuki_app::access::Visitor;
use tasuki_app::auth::SignedIn;
use tasuki_app::{caller, software};
use tasuki_core::insured::PersonKey;
use tasuki_tls::Peer;

use crate::problem::{Code, Problem};
use crate::server::State;

/// The device whose certificate the connection showed: SHA-256 of it, hexadecimal.
pub(super) fn device(parts: &Parts) -> Result<&str, Problem> {
    let peer = parts.extensions.get::<Peer>();
    peer.map(|peer| &*peer.sha256_hex).ok_or_else(|| Problem::new(Code::CertificateRequired))
}

/// Software with an access token, bound to the certificate of its connection.
///
/// It acts as the account it signed in with: the same rights as that account has at the pages.
#[derive(Debug, Clone)]
pub struct Software(pub SignedIn);

impl Software {
    /// Who.
    pub fn caller(&self) -> &caller::Staff {
        &self.0.staff
    }

    /// As the policy and the log see them.
    ///
    /// # Errors
    ///
    /// [`Code::Denied`] when the organisation is not known to the platform.
    pub fn visitor(&self) -> Result<Visitor, Problem> {
        Visitor::staff(self.caller()).ok_or_else(|| Problem::new(Code::Denied))
    }

    /// The person of a handle.
    ///
    /// # Errors
    ///
    /// [`Code::NotFound`] when it was not made for this organisation.
    pub fn person(&self, state: &State, handle: &str) -> Result<PersonKey, Problem> {
        let person = state.app.keyring.handles().open(&self.audience(), handle);
        person.ok_or_else(|| Problem::new(Code::NotFound))
    }

    /// The handle of a person, for this organisation.
    pub fn handle(&self, state: &State, person: &PersonKey) -> String {
        state.app.keyring.handles().seal(&self.audience(), person)
    }

    fn audience(&self) -> String {
        self.caller().organisation.to_string()
    }
}

impl FromRequestParts<State> for Software {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Problem> {
        // A layer before the handler may have asked already.
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(known.clone());
        }
        let device = device(parts)?;
        let token = bearer(parts).ok_or_else(|| Problem::new(Code::SignInRequired))?;
        Ok(Self(software::authenticate(&state.app, token, device, state.now()).await?))
    }
}

/// The token of `Authorization: Bearer …`.
fn bearer(parts: &Parts) -> Option<&str> {
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}
