//! Who is behind a request (セッション): the cookie, and extractors that a handler names.
//!
//! A handler that needs a stronger right names it in its signature ([`OfficeAdministrator`],
//! [`MunicipalStaff`], [`OperatorStaff`]), so the check cannot be forgotten. A handler that
//! changes something takes [`Posted`], which also checks that the form is one of ours.

mod posted;
mod role;
mod stop;
mod uploaded;

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Redirect, Response};
use http::request::Parts;
use http::{HeaderValue, Method, header};
use tasuki_app::access::Visitor;
use tasuki_app::auth::{self, SignedIn};
use tasuki_app::{AppError, caller};
use tasuki_core::date::AtMs;
use tasuki_core::insured::PersonKey;
use tasuki_tls::Peer;

pub(crate) use posted::read as read_form;
pub use posted::{Posted, PostedUnsigned, is_from_our_page};
pub use role::{MunicipalStaff, OfficeAdministrator, OperatorStaff, Role};
pub use stop::{Stop, Tried};
pub use uploaded::{File, Files, Uploaded};

use crate::page::paths;
use crate::problem::{Code, Format, Problem};
use crate::server::State;

/// Name of the cookie of an open session.
pub const COOKIE: &str = "__Host-tasuki";

/// Name of the cookie of a sign-in that is under way.
pub const PENDING_COOKIE: &str = "__Host-tasuki-pending";

/// Why a request goes no further.
#[derive(Debug)]
pub enum Refusal {
    /// Nobody is signed in: a browser is sent to the sign-in.
    SignIn(Format),
    /// Anything else.
    Problem(Problem),
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::SignIn(Format::Page) => Redirect::to(paths::SIGN_IN).into_response(),
            Self::SignIn(Format::Json) => Problem::new(Code::SignInRequired).into_response(),
            Self::Problem(problem) => problem.into_response(),
        }
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<AppError> for Refusal {
    fn from(error: AppError) -> Self {
        Self::Problem(error.into())
    }
}

/// The device whose certificate the connection showed.
#[derive(Debug, Clone)]
pub struct Device(pub Peer);

impl Device {
    /// SHA-256 of its certificate, hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.0.sha256_hex
    }

    /// Last moment of its certificate.
    pub fn ends_at(&self) -> AtMs {
        AtMs(self.0.not_after_ms)
    }
}

impl FromRequestParts<State> for Device {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Self, Problem> {
        let peer = parts.extensions.get::<Peer>().cloned();
        peer.map(Self).ok_or_else(|| Problem::new(Code::CertificateRequired))
    }
}

/// A signed-in member of staff (サインインした職員), and the device they use.
#[derive(Debug, Clone)]
pub struct Staff(pub SignedIn, pub Device);

impl Staff {
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

    /// For whom handles of persons are made: the organisation.
    fn audience(&self) -> String {
        self.caller().organisation.to_string()
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

    /// The address of a person, for this organisation.
    pub fn address(&self, state: &State, person: &PersonKey) -> String {
        let handle = state.app.keyring.handles().seal(&self.audience(), person);
        format!("{}/{handle}", paths::PERSONS)
    }
}

impl FromRequestParts<State> for Staff {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Refusal> {
        let device = Device::from_request_parts(parts, state).await.map_err(Refusal::Problem)?;
        let token = crate::cookie::value(&parts.headers, COOKIE).unwrap_or_default();
        match auth::authenticate(&state.app, &token, device.sha256(), state.now()).await {
            Ok(signed) => Ok(Self(signed, device)),
            Err(AppError::SignInNeeded) => Err(Refusal::SignIn(format(parts))),
            Err(error) => Err(error.into()),
        }
    }
}

/// A browser that opens a page is sent on; anything else is told.
fn format(parts: &Parts) -> Format {
    match (Format::of(&parts.headers), &parts.method) {
        (Format::Page, &Method::GET | &Method::HEAD | &Method::POST) => Format::Page,
        _ => Format::Json,
    }
}

/// The header that sets a session's cookie.
pub fn cookie(name: &str, token: &str) -> Option<HeaderValue> {
    let text = format!("{name}={token}; Path=/; Secure; HttpOnly; SameSite=Strict");
    HeaderValue::from_str(&text).ok()
}

/// The header that takes a cookie back.
pub fn cleared(name: &str) -> Option<HeaderValue> {
    let text = format!("{name}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
    HeaderValue::from_str(&text).ok()
}

/// Adds cookies to an answer.
pub fn with_cookies(
    mut response: Response,
    cookies: impl IntoIterator<Item = Option<HeaderValue>>,
) -> Response {
    for cookie in cookies.into_iter().flatten() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
