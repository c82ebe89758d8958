//! Page or JSON (表示か機械向けか): one layer that answers each problem in the asker's kind.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, header};

use super::{Code, Problem};

/// Who reads the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A person: HTML.
    Page,
    /// Software: `application/problem+json`.
    Json,
}

impl Format {
    /// From `Accept`: a browser names `text/html`, software does not.
    pub fn of(headers: &HeaderMap) -> Self {
        let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
        match accept {
            Some(accept) if accept.contains("text/html") => Self::Page,
            _ => Self::Json,
        }
    }
}

/// Layer over all routes: problems become a page or JSON as the request asks, also those that
/// libraries answered on their own (unknown address, wrong method, body too large).
///
/// Other headers of the answer (cookies, `Retry-After`, `Allow`) are kept.
pub async fn answer_in_kind(request: Request, next: Next) -> Response {
    let format = Format::of(request.headers());
    let response = next.run(request).await;
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let known = response.extensions().get::<Problem>().cloned();
    let answered =
        known.is_none() && response.headers().get(header::CONTENT_TYPE).is_some_and(rich);
    if answered || known.as_ref().is_some_and(|problem| problem.format == format) {
        return response;
    }
    let problem = known.unwrap_or_else(|| Problem::new(Code::of_status(status)));
    let mut answer = problem.in_format(format).into_response();
    for (name, value) in response.headers() {
        if *name != header::CONTENT_TYPE && *name != header::CONTENT_LENGTH {
            if name == header::SET_COOKIE {
                answer.headers_mut().append(name, value.clone());
            } else if !answer.headers().contains_key(name) {
                answer.headers_mut().insert(name, value.clone());
            }
        }
    }
    answer
}

/// A page or document that a handler made itself, such as a form that comes back with errors.
fn rich(kind: &http::HeaderValue) -> bool {
    let kind = kind.as_bytes();
    kind.starts_with(b"text/html") || kind.starts_with(b"application/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::body::Body;
    use axum::routing::get;
    use http::StatusCode;
    use tower::ServiceExt;

    async fn ask(path: &str, accept: &str) -> (StatusCode, String, String) {
        let routes = Router::new()
            .route("/denied", get(async || Problem::new(Code::Denied)))
            .route("/busy", get(async || Problem::too_many(30)))
            .layer(axum::middleware::from_fn(answer_in_kind));
        let request = Request::get(path).header(header::ACCEPT, accept).body(Body::empty());
        let response = routes.oneshot(request.unwrap()).await.unwrap();
        let status = response.status();
        let kind = response.headers()[header::CONTENT_TYPE].to_str().unwrap().to_owned();
        let body = axum::body::to_bytes(response.into_body(), 100_000).await.unwrap();
        (status, kind, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn a_browser_gets_a_page_and_software_a_document() {
        let (status, kind, body) = ask("/denied", "text/html,*/*").await;
        assert_eq!((status, kind.as_str()), (StatusCode::FORBIDDEN, "text/html; charset=utf-8"));
        assert!(body.contains("この操作はできません"));
        let (status, kind, body) = ask("/denied", "application/json").await;
        assert_eq!((status, kind.as_str()), (StatusCode::FORBIDDEN, "application/problem+json"));
        assert!(body.contains(r#""code":"denied""#), "{body}");
    }

    #[tokio::test]
    async fn what_a_library_answers_becomes_a_problem_too() {
        let (status, kind, body) = ask("/nowhere", "*/*").await;
        assert_eq!((status, kind.as_str()), (StatusCode::NOT_FOUND, "application/problem+json"));
        assert!(body.contains("not_found"), "{body}");
    }

    #[tokio::test]
    async fn a_page_about_waiting_says_how_long() {
        let (status, _, body) = ask("/busy", "text/html").await;
        assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
        assert!(body.contains("30秒"), "{body}");
    }
}
