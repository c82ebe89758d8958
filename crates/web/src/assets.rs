//! Style sheet and script (静的ファイル), built into the program and served under hashed names.
//!
//! A name holds the first digits of the content's SHA-256, so a file never changes under its
//! name and browsers may keep it for a year. Nothing here is personal.

use std::borrow::Cow;
use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, header};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

#[derive(RustEmbed)]
#[folder = "assets"]
struct Files;

/// One file as it is served.
struct Asset {
    name: &'static str,
    url: String,
    mime: &'static str,
    content: Vec<u8>,
}

/// What is served: its name, its type and the embedded files it is put together from. Tokens and
/// our own sheet are one file, so that the first paint waits for one answer only.
const SERVED: [(&str, &str, &[&str]); 3] = [
    ("tasuki.css", "text/css; charset=utf-8", &["design-tokens/tokens.css", "tasuki.css"]),
    ("tasuki.js", "text/javascript; charset=utf-8", &["tasuki.js"]),
    ("icon.svg", "image/svg+xml", &["icon.svg"]),
];

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| SERVED.iter().map(load).collect());

fn load((name, mime, parts): &(&'static str, &'static str, &[&str])) -> Asset {
    let files = parts.iter().filter_map(|part| Files::get(part));
    let content = files.flat_map(|file| Cow::into_owned(file.data)).collect::<Vec<u8>>();
    let hash: String = hex::encode(Sha256::digest(&content)).chars().take(12).collect();
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    Asset { name, url: format!("/assets/{stem}.{hash}.{ending}"), mime, content }
}

/// The address of an asset, for templates: `asset_url("tasuki.css")`; empty for an unknown name.
pub fn asset_url(name: &str) -> &'static str {
    ASSETS.iter().find(|asset| asset.name == name).map_or("", |asset| asset.url.as_str())
}

/// The routes under `/assets/`; they need no session and no state.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{file}", get(serve))
}

/// Address and content of every asset, to be written beside example pages.
#[cfg(test)]
pub(crate) fn all() -> impl Iterator<Item = (&'static str, &'static [u8])> {
    ASSETS.iter().map(|asset| (asset.url.as_str(), asset.content.as_slice()))
}

async fn serve(Path(file): Path<String>) -> Response {
    let found = ASSETS.iter().find(|asset| asset.url.strip_prefix("/assets/") == Some(&file));
    let Some(asset) = found else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, asset.mime),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, asset.content.as_slice()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use http::Request;
    use tower::ServiceExt;

    async fn ask(path: &str) -> Response {
        let request = Request::get(path).body(Body::empty()).unwrap();
        routes::<()>().oneshot(request).await.unwrap()
    }

    #[tokio::test]
    async fn every_asset_is_served_under_its_hash_and_kept_for_a_year() {
        for (name, mime, _) in SERVED {
            let answer = ask(asset_url(name)).await;
            assert_eq!(answer.status(), StatusCode::OK, "{name}");
            assert_eq!(answer.headers()[header::CONTENT_TYPE], mime);
            let cache = answer.headers()[header::CACHE_CONTROL].to_str().unwrap();
            assert!(cache.contains("immutable"));
        }
    }

    #[tokio::test]
    async fn other_names_are_not_found() {
        for path in ["/assets/tasuki.css", "/assets/..", "/assets/LICENSE"] {
            assert_eq!(ask(path).await.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[test]
    fn what_every_page_loads_stays_small() {
        let bytes: usize = ASSETS.iter().map(|asset| asset.content.len()).sum();
        assert!(bytes < 48_000, "{bytes}");
        assert!(ASSETS.iter().all(|asset| asset.content.len() > 200));
    }
}
