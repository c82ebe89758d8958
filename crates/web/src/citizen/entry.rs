//! Who is behind a citizen's request (サインインした人), as extractors that a handler names.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponse, Redirect, Response};
use http::request::Parts;
use http::{HeaderValue, Method};
use tasuki_app::access::Visitor;
use tasuki_app::caller::Citizen;
use tasuki_app::citizen_session::{self, SignedInCitizen};
use tasuki_app::secret::Secret;
use tasuki_app::{AppError, look};
use tasuki_core::event::Action;

use super::frame;
use crate::fields::Fields;
use crate::page::paths;
use crate::problem::{Code, Format, Problem};
use crate::server::State;
use crate::session;

/// Name of the cookie of an open session.
pub const COOKIE: &str = "__Host-tasuki-citizen";

/// Name of the cookie of a sign-in that is at the identity provider.
pub const ATTEMPT_COOKIE: &str = "__Host-tasuki-attempt";

/// Why a request goes no further.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// Nobody is signed in: a browser is sent to the sign-in.
    SignIn(Format),
    /// Nobody's information is open: the page on which one chooses whose.
    Choose(Format),
    /// Anything else.
    Problem(Problem),
    /// A page that says it better than a problem does.
    Page(Response),
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::SignIn(Format::Page) => Redirect::to(paths::CITIZEN_SIGN_IN).into_response(),
            Self::SignIn(Format::Json) => Problem::new(Code::SignInRequired).into_response(),
            Self::Choose(Format::Page) => Redirect::to(paths::CITIZEN_FAMILY).into_response(),
            Self::Choose(Format::Json) => Problem::new(Code::NotFound).into_response(),
            Self::Problem(problem) => problem.into_response(),
            Self::Page(page) => page,
        }
    }
}

impl From<AppError> for Refusal {
    fn from(error: AppError) -> Self {
        Self::Problem(error.into())
    }
}

impl From<session::Refusal> for Refusal {
    fn from(refusal: session::Refusal) -> Self {
        match refusal {
            session::Refusal::SignIn(format) => Self::SignIn(format),
            session::Refusal::Problem(problem) => Self::Problem(problem),
        }
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

fn format(parts: &Parts) -> Format {
    match (Format::of(&parts.headers), &parts.method) {
        (Format::Page, &Method::GET | &Method::HEAD | &Method::POST) => Format::Page,
        _ => Format::Json,
    }
}

/// Somebody signed in with their card, whoever's information is open.
#[derive(Debug, Clone)]
pub(crate) struct Holder(pub(crate) SignedInCitizen);

impl FromRequestParts<State> for Holder {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Refusal> {
        let token = crate::cookie::value(&parts.headers, COOKIE).unwrap_or_default();
        match citizen_session::authenticate(&state.app, &token, state.now()).await {
            Ok(signed) => Ok(Self(signed)),
            Err(AppError::SignInNeeded) => Err(Refusal::SignIn(format(parts))),
            Err(error) => Err(error.into()),
        }
    }
}

/// Somebody with a person's information open: their own, or as a delegate.
#[derive(Debug, Clone)]
pub(crate) struct Mine {
    /// Who holds the card.
    pub(crate) signed: SignedInCitizen,
    /// Whose information, and through which relation.
    pub(crate) citizen: Citizen,
}

impl Mine {
    /// As the policy and the log see them.
    pub(crate) fn visitor(&self) -> Visitor {
        Visitor::citizen(&self.citizen)
    }

    /// Opens the person's information, or says on a page of its own why there is none.
    pub(crate) async fn look(&self, state: &State, action: Action) -> Result<look::Look, Refusal> {
        let visitor = self.visitor();
        let ask = look::Ask { action, ..look::Ask::now(&visitor) };
        match look::open(&state.app, &visitor, &self.citizen.person, ask, state.now()).await {
            Ok(look) => Ok(look),
            Err(AppError::NotFound) if self.signed.is_own() => {
                Err(Refusal::Page(frame::not_yet(state, self).await?))
            }
            Err(error) => Err(error.into()),
        }
    }
}

impl FromRequestParts<State> for Mine {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Refusal> {
        let Holder(signed) = Holder::from_request_parts(parts, state).await?;
        match signed.viewing.clone() {
            Some(citizen) => Ok(Self { signed, citizen }),
            None => Err(Refusal::Choose(format(parts))),
        }
    }
}

impl AsRef<SignedInCitizen> for Holder {
    fn as_ref(&self) -> &SignedInCitizen {
        &self.0
    }
}

impl AsRef<SignedInCitizen> for Mine {
    fn as_ref(&self) -> &SignedInCitizen {
        &self.signed
    }
}

/// A form that was sent by one of our pages in this session.
#[derive(Debug)]
pub(crate) struct Posted<R = Mine> {
    /// Who.
    pub(crate) by: R,
    /// What was typed.
    pub(crate) fields: Fields,
}

impl<R> FromRequest<State> for Posted<R>
where
    R: FromRequestParts<State, Rejection = Refusal> + AsRef<SignedInCitizen> + Send,
{
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &State) -> Result<Self, Refusal> {
        let (mut parts, body) = request.into_parts();
        let by = R::from_request_parts(&mut parts, state).await?;
        let fields = session::read_form(Request::from_parts(parts, body), state).await?;
        // Digests are compared, so the time tells nothing of the token.
        let digest = |token: &str| Secret::new(token).sha256();
        if digest(fields.raw("csrf")) != digest(&by.as_ref().csrf) {
            return Err(Refusal::Problem(Problem::new(Code::FormExpired)));
        }
        Ok(Self { by, fields })
    }
}

/// A cookie that comes back when the identity provider sends the person on to us, which a strict
/// one would not. Every form carries a token besides.
pub(crate) fn cookie(name: &str, value: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax")).ok()
}

/// The same, for the minutes of a sign-in.
pub(crate) fn brief_cookie(name: &str, value: &str) -> Option<HeaderValue> {
    let text = format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600");
    HeaderValue::from_str(&text).ok()
}
