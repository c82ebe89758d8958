//! A browser on a device of the house: what it sends, and what comes back.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderMap, Request, StatusCode, header};
use tasuki_tls::Peer;

use super::staff::{Who, lasts_until, organisation, token_of};

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    /// Reads an answer to its end.
    pub(crate) async fn of(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 5_000_000).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        Self { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) fn location(&self) -> &str {
        self.headers[header::LOCATION].to_str().unwrap()
    }

    /// The value of a cookie that the answer sets.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        let cookies = self.headers.get_all(header::SET_COOKIE).iter();
        let mut cookies = cookies.filter_map(|value| value.to_str().unwrap().split(';').next());
        cookies.find_map(|pair| pair.strip_prefix(&format!("{name}=")).map(str::to_owned))
    }

    /// The texts that the page shows, all in the order given.
    pub(crate) fn shows(&self, texts: &[&str]) {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        for text in texts {
            assert!(self.body.contains(text), "{text} is missing in {}", self.body);
        }
    }
}

/// A form's encoding of fields.
pub(crate) fn encoded(fields: &[(&str, &str)]) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    let text = |text: &str| text.bytes().map(byte).collect::<String>();
    let pairs = fields.iter().map(|(name, value)| format!("{}={}", text(name), text(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// A request of a browser on the device of `who`.
pub(crate) fn request(who: Who, method: &str, path: &str, body: String) -> Request<Body> {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "tasuki.example")
        .header(header::ACCEPT, "text/html")
        .extension(peer(who.0));
    if !who.1.is_empty() {
        request = request.header(header::COOKIE, format!("__Host-tasuki={}", token_of(who)));
    }
    if method == "POST" {
        let kind = "application/x-www-form-urlencoded";
        request = request.header(header::CONTENT_TYPE, kind);
        request = request.header(header::ORIGIN, "https://tasuki.example");
    }
    request.body(Body::from(body)).unwrap()
}

pub(crate) fn peer(letter: char) -> Peer {
    Peer {
        organisation: "架空の事業所".into(),
        organisation_number: organisation(letter).number().into(),
        device_id: format!("device-{letter}").into(),
        serial_hex: format!("{letter}01").into(),
        sha256_hex: letter.to_string().repeat(64).into(),
        not_after_ms: lasts_until(letter).0,
    }
}
