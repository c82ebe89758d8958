//! Forms that were sent (フォームの受け取り): by our own page, in this session.

use axum::Form;
use axum::extract::{FromRequest, FromRequestParts, Request};
use http::{HeaderMap, Uri, header};
use tasuki_app::secret::Secret;

use super::{Device, Refusal, Staff};
use crate::fields::Fields;
use crate::problem::{Code, Problem};
use crate::server::State;

/// A form of a signed-in member of staff, with the session's token against forged forms.
///
/// `R` is [`Staff`] or a stronger role.
#[derive(Debug)]
pub struct Posted<R = Staff> {
    /// Who.
    pub by: R,
    /// What was typed.
    pub fields: Fields,
}

impl<R> FromRequest<State> for Posted<R>
where
    R: FromRequestParts<State, Rejection = Refusal> + AsRef<Staff> + Send,
{
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &State) -> Result<Self, Refusal> {
        let (mut parts, body) = request.into_parts();
        let by = R::from_request_parts(&mut parts, state).await?;
        let fields = read(Request::from_parts(parts, body), state).await?;
        // Digests are compared, so the time tells nothing of the token.
        let digest = |token: &str| Secret::new(token).sha256();
        if digest(fields.raw("csrf")) != digest(&by.as_ref().0.csrf) {
            return Err(Refusal::Problem(Problem::new(Code::FormExpired)));
        }
        Ok(Self { by, fields })
    }
}

/// A form before there is a session: the sign-in.
#[derive(Debug)]
pub struct PostedUnsigned {
    /// The device.
    pub device: Device,
    /// What was typed.
    pub fields: Fields,
}

impl FromRequest<State> for PostedUnsigned {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &State) -> Result<Self, Refusal> {
        let (mut parts, body) = request.into_parts();
        let device = Device::from_request_parts(&mut parts, state).await;
        let device = device.map_err(Refusal::Problem)?;
        let fields = read(Request::from_parts(parts, body), state).await?;
        Ok(Self { device, fields })
    }
}

/// The fields of a form that one of our pages sent.
pub(crate) async fn read(request: Request, state: &State) -> Result<Fields, Refusal> {
    if !is_from_our_page(request.headers(), request.uri()) {
        return Err(Refusal::Problem(Problem::new(Code::FormExpired)));
    }
    let pairs = Form::<Vec<(String, String)>>::from_request(request, state).await;
    let Form(pairs) = pairs.map_err(|rejection| {
        let code = match rejection.status() {
            http::StatusCode::PAYLOAD_TOO_LARGE => Code::TooLarge,
            http::StatusCode::UNSUPPORTED_MEDIA_TYPE => Code::UnsupportedMedia,
            _ => Code::BadRequest,
        };
        Refusal::Problem(Problem::new(code))
    })?;
    Ok(Fields::of(pairs))
}

/// What the browser says of where the form stood: our own origin, where it says anything.
///
/// Browsers send `Origin` with every POST; what sends neither header is no browser, and holds the
/// session's token anyway.
pub fn is_from_our_page(headers: &HeaderMap, uri: &Uri) -> bool {
    let text = |name| headers.get(name).map(|value: &http::HeaderValue| value.to_str());
    let same_site = match text(http::HeaderName::from_static("sec-fetch-site")) {
        None => true,
        Some(Ok(site)) => site == "same-origin",
        Some(Err(_)) => false,
    };
    let host = uri.authority().map(http::uri::Authority::as_str);
    let host = host.or_else(|| headers.get(header::HOST).and_then(|host| host.to_str().ok()));
    let same_origin = match (text(header::ORIGIN), host) {
        (None, _) => true,
        (Some(Ok(origin)), Some(host)) => origin.strip_prefix("https://") == Some(host),
        _ => false,
    };
    same_site && same_origin
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (http::HeaderName::from_static(name), http::HeaderValue::from_static(value))
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn only_our_own_pages_send_forms() {
        let (path, whole) = (Uri::from_static("/a"), Uri::from_static("https://a.example/a"));
        let ok = |pairs: &[_], uri: &Uri| is_from_our_page(&headers(pairs), uri);
        assert!(ok(&[("host", "a.example"), ("origin", "https://a.example")], &path));
        assert!(ok(&[("origin", "https://a.example"), ("sec-fetch-site", "same-origin")], &whole));
        assert!(ok(&[("host", "a.example")], &path));
        for bad in [
            [("host", "a.example"), ("origin", "https://b.example")],
            [("host", "a.example"), ("origin", "http://a.example")],
            [("host", "a.example"), ("origin", "null")],
            [("host", "a.example"), ("sec-fetch-site", "cross-site")],
            [("host", "a.example"), ("sec-fetch-site", "same-site")],
        ] {
            assert!(!ok(&bad, &path), "{bad:?}");
        }
        assert!(!ok(&[("origin", "https://a.example")], &path));
    }
}
