//! Bodies of requests (送られた内容): JSON and forms, read strictly.
//!
//! An unknown field is refused by name, so that a misspelt field is never taken for an absent one.

use axum::extract::rejection::{BytesRejection, FormRejection};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tasuki_core::word::Word;

use crate::problem::{Code, FieldError, Problem};

/// A JSON body of a known shape.
pub struct Strict<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Strict<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers().get(header::CONTENT_TYPE)) {
            return Err(Problem::new(Code::UnsupportedMedia));
        }
        let bytes = Bytes::from_request(request, state).await;
        read(&bytes.map_err(|refused: BytesRejection| of_status(refused.status()))?).map(Self)
    }
}

/// A form (`application/x-www-form-urlencoded`) of a known shape.
pub struct StrictForm<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for StrictForm<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let request = Request::from_parts(parts.clone(), body);
        let bytes = Bytes::from_request(request, state).await;
        let bytes = bytes.map_err(|refused: BytesRejection| of_status(refused.status()))?;
        if bytes.contains(&0) || bytes.windows(3).any(|three| three == b"%00") {
            return Err(invalid("form", "nul"));
        }
        let request = Request::from_parts(parts, bytes.into());
        let form = axum::Form::<T>::from_request(request, state).await;
        let refused = |refused: FormRejection| match refused {
            FormRejection::FailedToDeserializeForm(_)
            | FormRejection::FailedToDeserializeFormBody(_) => invalid("form", "unknown-field"),
            other => of_status(other.status()),
        };
        form.map(|axum::Form(form)| Self(form)).map_err(refused)
    }
}

/// The query of an address, of a known shape.
pub struct StrictQuery<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for StrictQuery<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = axum::extract::Query::<T>::from_request_parts(parts, state).await;
        let refused = |_| invalid("query", "unknown-field");
        query.map(|axum::extract::Query(query)| Self(query)).map_err(refused)
    }
}

/// One field breaks one rule.
pub(super) fn invalid(field: &'static str, rule: &'static str) -> Problem {
    Problem::invalid(vec![FieldError::new(field, rule)])
}

/// The value of a word in a query, when it is there.
pub(super) fn word<W: Word>(text: Option<&str>, field: &'static str) -> Result<Option<W>, Problem> {
    let parse = |text| W::from_word(text).ok_or_else(|| invalid(field, "unknown"));
    text.map(parse).transpose()
}

fn of_status(status: StatusCode) -> Problem {
    Problem::new(match status {
        StatusCode::PAYLOAD_TOO_LARGE => Code::TooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Code::UnsupportedMedia,
        _ => Code::BadRequest,
    })
}

fn is_json(kind: Option<&HeaderValue>) -> bool {
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

/// A text in this JSON holds the character NUL (`\u0000`), which one of the engines does not store.
fn has_nul(json: &[u8]) -> bool {
    /// An escape, when the backslash before it is none itself.
    const NUL: &[u8] = b"u0000";
    let escapes = |at: usize| {
        let before = json.get(..at).unwrap_or_default().iter().rev();
        before.take_while(|byte| **byte == b'\\').count() % 2 == 1
    };
    let mut places = json.windows(NUL.len()).enumerate().filter(|(_, five)| *five == NUL);
    places.any(|(at, _)| escapes(at))
}

/// Reads JSON; what does not fit is named by its path, never by its value.
fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    if has_nul(bytes) {
        return Err(invalid("body", "nul"));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let read = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let error = error.into_inner();
        if !error.is_data() {
            return Problem::new(Code::BadRequest);
        }
        let text = error.to_string();
        let rule = if text.starts_with("unknown field") {
            "unknown-field"
        } else if text.starts_with("missing field") {
            "required"
        } else {
            "unknown"
        };
        // serde names an unknown or missing field in back quotes; a name is no value.
        let named = text.split('`').nth(1).filter(|_| rule != "unknown");
        let field = match (path.as_str(), named) {
            ("." | "", Some(name)) => name.to_owned(),
            (path, Some(name)) if !path.ends_with(name) => format!("{path}.{name}"),
            (path, _) => path.to_owned(),
        };
        Problem::invalid(vec![FieldError::new(field, rule)])
    })?;
    json.end().map_err(|_| Problem::new(Code::BadRequest))?;
    Ok(read)
}

/// A JSON answer with a status.
pub(super) fn json<T: Serialize>(status: StatusCode, body: &T) -> Result<Response, Problem> {
    Ok(bytes(status, written(body)?))
}

/// The bytes of a JSON answer.
pub(super) fn written<T: Serialize>(body: &T) -> Result<Vec<u8>, Problem> {
    /// Most answers fit without growing.
    const USUAL_BYTES: usize = 16 * 1024;
    let _span = tracing::debug_span!("render").entered();
    let mut bytes = Vec::with_capacity(USUAL_BYTES);
    serde_json::to_writer(&mut bytes, body)
        .map_err(|error| Problem::from(tasuki_app::AppError::internal(error)))?;
    Ok(bytes)
}

/// JSON that is written already, as an answer.
pub(super) fn bytes(status: StatusCode, body: Vec<u8>) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json")];
    (status, kind, body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Shape {
        #[serde(rename = "name")]
        _name: String,
        #[serde(default, rename = "inner")]
        _inner: Option<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[serde(rename = "count")]
        _count: u8,
    }

    fn error(text: &str) -> (Code, String, String) {
        let problem = read::<Shape>(text.as_bytes()).unwrap_err();
        let field = problem.fields.first();
        let field = field.map(|field| (field.field.to_string(), field.rule.to_string()));
        let (field, rule) = field.unwrap_or_default();
        (problem.code, field, rule)
    }

    #[test]
    fn what_does_not_fit_is_named_by_its_path() {
        let invalid = |field: &str, rule: &str| (Code::Invalid, field.to_owned(), rule.to_owned());
        assert_eq!(error(r#"{"nane":"x"}"#), invalid("nane", "unknown-field"));
        assert_eq!(error("{}"), invalid("name", "required"));
        assert_eq!(error(r#"{"name":1}"#), invalid("name", "unknown"));
        let inner = r#"{"name":"x","inner":{"cuont":1}}"#;
        assert_eq!(error(inner), invalid("inner.cuont", "unknown-field"));
        assert_eq!(error(r#"{"name":"#).0, Code::BadRequest);
        assert_eq!(error(r#"{"name":"x"} more"#).0, Code::BadRequest);
    }

    #[test]
    fn the_character_nul_is_refused_and_its_name_is_not() {
        assert!(has_nul(br#"{"name":"a\u0000b"}"#) && has_nul(br#"{"name":"\\\u0000"}"#));
        assert!(!has_nul(br#"{"name":"\\u0000"}"#) && !has_nul(br#"{"name":"u0000"}"#));
        assert_eq!(error(r#"{"name":"\u0000"}"#), (Code::Invalid, "body".into(), "nul".into()));
    }

    #[test]
    fn a_wrong_value_is_never_repeated() {
        let problem = read::<Shape>(br#"{"name":"x","inner":{"count":"himitsu"}}"#).unwrap_err();
        assert!(!format!("{problem:?}").contains("himitsu"));
    }
}
