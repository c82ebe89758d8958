//! Conditional requests (条件つきの要求): `ETag`, `If-None-Match`, `If-Match` (RFC 9110 §13).

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use sha2::{Digest, Sha256};
use tasuki_app::AppError;
use utoipa::IntoParams;

use super::body;
use crate::problem::{Code, Problem};

/// The tag of a representation: 32 hexadecimal digits of its SHA-256, in quotation marks.
fn tag_of(bytes: &[u8]) -> Option<HeaderValue> {
    let digest = Sha256::digest(bytes);
    let mut text = [b'"'; 34];
    let (half, _) = digest.split_at(16);
    hex::encode_to_slice(half, text.get_mut(1..33)?).ok()?;
    HeaderValue::from_bytes(&text).ok()
}

/// Answers with `bytes`, or with 304 when the asker has exactly them.
pub(super) fn answer(headers: &HeaderMap, bytes: Vec<u8>) -> Response {
    tagged(headers, tag_of(&bytes), bytes)
}

/// The same for a row with a version, whose tag an update names in `If-Match`.
pub(super) fn answer_version(headers: &HeaderMap, bytes: Vec<u8>, version: i64) -> Response {
    tagged(headers, version_tag(version), bytes)
}

fn tagged(headers: &HeaderMap, tag: Option<HeaderValue>, bytes: Vec<u8>) -> Response {
    let Some(tag) = tag else { return body::bytes(StatusCode::OK, bytes) };
    let mut response = if names(headers, &header::IF_NONE_MATCH, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        body::bytes(StatusCode::OK, bytes)
    };
    response.headers_mut().insert(header::ETAG, tag);
    response
}

/// The tag of a row by its version: `"v3"`.
fn version_tag(version: i64) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("\"v{version}\"")).ok()
}

/// The version that `If-Match` names: `"v3"`.
fn version(headers: &HeaderMap) -> Result<i64, Problem> {
    let Some(tag) = headers.get(header::IF_MATCH) else {
        return Err(body::invalid("If-Match", "required"));
    };
    let text = tag.to_str().unwrap_or_default().trim();
    let number = text.strip_prefix("\"v").and_then(|rest| rest.strip_suffix('"'));
    let number = number.and_then(|number| number.parse().ok());
    number.ok_or_else(|| Problem::new(Code::PreconditionFailed))
}

/// The version that an update has seen.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
pub struct IfMatch {
    /// 読んだときの版.
    #[param(rename = "If-Match", value_type = String, example = "\"v1\"")]
    pub version: i64,
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        version(&parts.headers).map(|version| Self { version })
    }
}

/// A new row (`None`), or the version that an update has seen.
#[derive(Debug)]
pub struct NewOrIfMatch(pub Option<i64>);

impl<S: Send + Sync> FromRequestParts<S> for NewOrIfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        new_or_version(&parts.headers).map(Self)
    }
}

/// `None` for `If-None-Match: *` (a new row), else the version of `If-Match`.
fn new_or_version(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    match headers.get(header::IF_NONE_MATCH) {
        Some(any) if any == "*" => Ok(None),
        _ => version(headers).map(Some),
    }
}

/// An update under a condition: what came in between is the condition's failure.
pub(super) fn stale(done: Result<(), AppError>) -> Result<StatusCode, Problem> {
    match done {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(AppError::Conflict) => Err(Problem::new(Code::PreconditionFailed)),
        Err(error) => Err(error.into()),
    }
}

/// One of the tags in the header is `tag`, or is `*`.
fn names(headers: &HeaderMap, name: &HeaderName, tag: &HeaderValue) -> bool {
    let same = |named: &str| {
        let named = named.trim();
        named == "*" || named.strip_prefix("W/").unwrap_or(named).as_bytes() == tag.as_bytes()
    };
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(same)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(name: HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn the_same_bytes_are_not_sent_again() {
        let first = answer(&HeaderMap::new(), b"{}".to_vec());
        let tag = first.headers()[header::ETAG].to_str().unwrap().to_owned();
        assert_eq!(tag.len(), 34);
        for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".into()] {
            let again = answer(&asked(header::IF_NONE_MATCH, &known), b"{}".to_vec());
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{known}");
        }
        let other = answer(&asked(header::IF_NONE_MATCH, &tag), b"[]".to_vec());
        assert_eq!(other.status(), StatusCode::OK);
    }

    #[test]
    fn an_update_names_the_version_it_saw() {
        assert_eq!(version(&asked(header::IF_MATCH, "\"v3\"")), Ok(3));
        for (bad, code) in [
            (asked(header::IF_MATCH, "\"3\""), Code::PreconditionFailed),
            (asked(header::IF_MATCH, "*"), Code::PreconditionFailed),
            (HeaderMap::new(), Code::Invalid),
        ] {
            assert_eq!(new_or_version(&bad).unwrap_err().code, code);
        }
        assert_eq!(new_or_version(&asked(header::IF_NONE_MATCH, "*")), Ok(None));
    }
}
