//! Problems (問題の知らせ): the one place where something that went wrong becomes an answer.
//!
//! Software gets `application/problem+json` (RFC 9457), people a page that says what happened,
//! why, and what to do now. Texts come from `messages.toml`, keyed by [`Code`].

mod from_app;
mod message;
mod negotiate;

use std::borrow::Cow;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

pub use message::{Message, MessagesError, check_messages, messages};
pub use negotiate::{Format, answer_in_kind};

/// What went wrong, as the word that software can rely on (問題の言葉).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ProblemCode)]
pub enum Code {
    /// The request could not be read.
    BadRequest,
    /// No session, or its time is over.
    SignInRequired,
    /// No client certificate, or one that does not open this door.
    CertificateRequired,
    /// The role lacks this function (never about a person: that is [`Code::NotFound`]).
    Denied,
    /// The form's token does not belong to the session.
    FormExpired,
    /// Absent or hidden: both look the same.
    NotFound,
    /// The address exists, the method does not.
    MethodNotAllowed,
    /// Somebody else changed it first.
    Conflict,
    /// `If-Match` names an older version.
    PreconditionFailed,
    /// The body is larger than allowed.
    TooLarge,
    /// The body's type is not taken here.
    UnsupportedMedia,
    /// Fields break their rules.
    Invalid,
    /// Too many tries.
    TooMany,
    /// A fault of ours.
    Internal,
    /// Something that is needed is away; above all the log of looks.
    Unavailable,
    /// Closed for maintenance.
    Closed,
}

impl Code {
    /// Every code, for checks.
    pub const ALL: [Self; 16] = [
        Self::BadRequest,
        Self::SignInRequired,
        Self::CertificateRequired,
        Self::Denied,
        Self::FormExpired,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Conflict,
        Self::PreconditionFailed,
        Self::TooLarge,
        Self::UnsupportedMedia,
        Self::Invalid,
        Self::TooMany,
        Self::Internal,
        Self::Unavailable,
        Self::Closed,
    ];

    /// Its word in answers and in `messages.toml`.
    pub fn word(self) -> &'static str {
        match self {
            Self::BadRequest => "bad_request",
            Self::SignInRequired => "sign_in_required",
            Self::CertificateRequired => "certificate_required",
            Self::Denied => "denied",
            Self::FormExpired => "form_expired",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::Conflict => "conflict",
            Self::PreconditionFailed => "precondition_failed",
            Self::TooLarge => "too_large",
            Self::UnsupportedMedia => "unsupported_media",
            Self::Invalid => "invalid",
            Self::TooMany => "too_many",
            Self::Internal => "internal",
            Self::Unavailable => "unavailable",
            Self::Closed => "closed",
        }
    }

    /// The one status of this code.
    pub fn status(self) -> StatusCode {
        match self {
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::SignInRequired => StatusCode::UNAUTHORIZED,
            Self::CertificateRequired | Self::Denied | Self::FormExpired => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict => StatusCode::CONFLICT,
            Self::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMedia => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable | Self::Closed => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The code for a status that a library answered on its own.
    fn of_status(status: StatusCode) -> Self {
        let same = |code: &Self| code.status() == status;
        let other = if status.is_server_error() { Self::Internal } else { Self::BadRequest };
        match status {
            StatusCode::FORBIDDEN => Self::Denied,
            _ => Self::ALL.into_iter().find(same).unwrap_or(other),
        }
    }
}

/// One field that breaks a rule; the value itself is never carried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// Name of the field.
    pub field: Cow<'static, str>,
    /// Word of the rule; its text stands in `messages.toml` under `[rule]`.
    pub rule: Cow<'static, str>,
}

impl FieldError {
    /// A field and the rule it breaks.
    pub fn new(field: impl Into<Cow<'static, str>>, rule: impl Into<Cow<'static, str>>) -> Self {
        Self { field: field.into(), rule: rule.into() }
    }
}

/// Something that went wrong, ready to be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What.
    pub code: Code,
    /// Fields that break rules; only with [`Code::Invalid`].
    pub fields: Vec<FieldError>,
    /// Number under which the operator finds it; only with 5xx.
    pub incident: Option<String>,
    /// Seconds to wait; only with [`Code::TooMany`] and [`Code::Closed`].
    pub retry_after_s: Option<u64>,
    /// Page or JSON; [`answer_in_kind`] sets it from the request's `Accept`.
    pub format: Format,
}

impl Problem {
    /// A problem with nothing but its code.
    pub fn new(code: Code) -> Self {
        Self { code, fields: Vec::new(), incident: None, retry_after_s: None, format: Format::Json }
    }

    /// Fields break their rules.
    pub fn invalid(fields: Vec<FieldError>) -> Self {
        Self { fields, ..Self::new(Code::Invalid) }
    }

    /// Too many tries; the next one is taken after `retry_after_s` seconds.
    pub fn too_many(retry_after_s: u64) -> Self {
        Self { retry_after_s: Some(retry_after_s), ..Self::new(Code::TooMany) }
    }

    /// A fault of ours, found in the log under `incident`.
    pub fn internal(incident: impl Into<String>) -> Self {
        Self { incident: Some(incident.into()), ..Self::new(Code::Internal) }
    }

    /// The same problem for people or for software.
    #[must_use]
    pub fn in_format(self, format: Format) -> Self {
        Self { format, ..self }
    }

    fn json(&self) -> Response {
        let message = messages().code(self.code);
        let field = |error: &FieldError| ProblemField {
            field: error.field.clone(),
            rule: error.rule.clone(),
            detail: messages().rule(&error.rule),
        };
        let body = ProblemBody {
            r#type: format!("/problems/{}", self.code.word()),
            title: &message.title,
            status: self.code.status().as_u16(),
            code: self.code,
            detail: &message.detail,
            hint: &message.hint,
            fields: self.fields.iter().map(field).collect(),
            incident: self.incident.as_deref(),
        };
        let kind = [(header::CONTENT_TYPE, "application/problem+json")];
        (self.code.status(), kind, Json(body)).into_response()
    }
}

/// 問題の知らせ（RFC 9457）: body of a problem document.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemBody<'a> {
    /// 問題の種類.
    r#type: String,
    /// 起きたこと.
    title: &'a str,
    /// HTTPの状態.
    status: u16,
    /// 問題の言葉: software relies on it.
    code: Code,
    /// 理由.
    detail: &'a str,
    /// 次にすること.
    hint: &'a str,
    /// 決まりに合わない項目.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<ProblemField>,
    /// 運営者に伝える番号.
    #[serde(skip_serializing_if = "Option::is_none")]
    incident: Option<&'a str>,
}

/// 決まりに合わない項目: never with its value.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProblemField {
    /// 項目の名前.
    field: Cow<'static, str>,
    /// 決まりの言葉.
    rule: Cow<'static, str>,
    /// 直し方.
    detail: String,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = match self.format {
            Format::Json => {
                let mut response = self.json();
                let none = HeaderValue::from_static("no-store");
                response.headers_mut().insert(header::CACHE_CONTROL, none);
                response
            }
            Format::Page => crate::page::problem::page(&self),
        };
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_has_its_own_word_in_json() {
        for code in Code::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.word());
        }
    }

    #[test]
    fn a_server_fault_carries_an_incident_and_no_cause() {
        let response = Problem::internal("0198-test").into_response();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
    }

    #[test]
    fn absent_and_hidden_are_one_code() {
        let about = Code::ALL.into_iter().filter(|code| code.status() == StatusCode::NOT_FOUND);
        assert_eq!(about.collect::<Vec<_>>(), [Code::NotFound]);
    }
}
