//! Conditional requests (条件つきの要求): `ETag`, `If-None-Match`, `If-Match` (RFC 9110 §13).

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use sha2::{Digest, Sha256};

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

/// Refuses an update whose `If-Match` does not name the version in force.
pub(super) fn require(headers: &HeaderMap, version: i64) -> Result<(), Problem> {
    let tag = version_tag(version);
    match tag {
        Some(tag) if names(headers, &header::IF_MATCH, &tag) => Ok(()),
        _ => Err(Problem::new(Code::PreconditionFailed)),
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
        assert!(require(&asked(header::IF_MATCH, "\"v3\""), 3).is_ok());
        for bad in [asked(header::IF_MATCH, "\"v2\""), HeaderMap::new()] {
            assert_eq!(require(&bad, 3).unwrap_err().code, Code::PreconditionFailed);
        }
    }
}
