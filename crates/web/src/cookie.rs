//! Cookies of a request (クッキー).

use axum_extra::extract::CookieJar;
use http::HeaderMap;

/// The value of the cookie `name`, if the request carries it.
pub(crate) fn value(headers: &HeaderMap, name: &str) -> Option<String> {
    CookieJar::from_headers(headers).get(name).map(|cookie| cookie.value().to_owned())
}
