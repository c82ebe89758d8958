//! The API's description of itself (APIの説明): OpenAPI 3.1 as JSON, and a page to read.

pub(super) mod common;

use std::sync::LazyLock;

use axum::extract::State as Extract;
use axum::response::{IntoResponse, Response};
use http::header;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{OpenApi, PathItem, RefOr};

use crate::page::api::{ApiPage, Described, Group};
use crate::page::{Rendered, Shell};
use crate::server::State;

/// The description of every route, with addresses from the root of the server.
pub fn openapi() -> OpenApi {
    super::described()
}

/// The description as JSON, indented, with a line break at its end.
///
/// # Errors
///
/// Never with the types of this crate; `serde_json` cannot promise it.
pub fn openapi_json() -> Result<String, serde_json::Error> {
    // Through a value, whose members are ordered by name: the file in `docs` stays comparable.
    let value = serde_json::to_value(openapi())?;
    Ok(format!("{:#}\n", value))
}

static JSON: LazyLock<String> = LazyLock::new(|| openapi_json().unwrap_or_default());

/// このAPIの説明（OpenAPI 3.1）.
#[utoipa::path(
    get, path = "/openapi.json", tag = "document", security(),
    responses((
        status = 200, description = "このAPIの説明（OpenAPI 3.1）", content_type = "application/json"
    ))
)]
pub async fn json() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], JSON.as_str()).into_response()
}

/// この説明の画面: every route in words, for people who build the other side.
#[utoipa::path(
    get, path = "/", tag = "document", security(),
    responses((status = 200, description = "説明の画面", content_type = "text/html"))
)]
pub async fn page(Extract(state): Extract<State>) -> Response {
    let shell = Shell::new("ソフトウェア向けAPI".to_owned(), state.now());
    Rendered::new(ApiPage { shell, groups: groups(&openapi()) }).into_response()
}

/// Routes of one part of the API.
fn groups(api: &OpenApi) -> Vec<Group> {
    let tags = api.tags.iter().flatten();
    let group = |tag: &utoipa::openapi::Tag| Group {
        name: tag.description.clone().unwrap_or_else(|| tag.name.clone()),
        routes: described(api, &tag.name),
    };
    tags.map(group).filter(|group| !group.routes.is_empty()).collect()
}

fn described(api: &OpenApi, tag: &str) -> Vec<Described> {
    let items = api.paths.paths.iter();
    let operations = items.flat_map(|(path, item)| {
        let each = |(verb, operation)| operation_of(path, verb, operation);
        verbs(item).into_iter().filter_map(|(verb, own)| Some((verb, own?))).map(each)
    });
    operations.filter(|(tags, _)| tags.iter().any(|own| own == tag)).map(|(_, own)| own).collect()
}

fn verbs(item: &PathItem) -> [(&'static str, Option<&Operation>); 5] {
    [
        ("GET", item.get.as_ref()),
        ("POST", item.post.as_ref()),
        ("PUT", item.put.as_ref()),
        ("PATCH", item.patch.as_ref()),
        ("DELETE", item.delete.as_ref()),
    ]
}

fn operation_of<'a>(
    path: &str,
    verb: &'static str,
    operation: &'a Operation,
) -> (&'a [String], Described) {
    let answer = |(status, response): (&String, &RefOr<utoipa::openapi::Response>)| {
        let text = match response {
            RefOr::T(response) => response.description.clone(),
            RefOr::Ref(_) => String::new(),
        };
        (status.clone(), text)
    };
    let described = Described {
        verb,
        path: path.to_owned(),
        summary: operation.summary.clone().unwrap_or_default(),
        text: operation.description.clone().unwrap_or_default(),
        answers: operation.responses.responses.iter().map(answer).collect(),
    };
    (operation.tags.as_deref().unwrap_or_default(), described)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_checked_in_is_the_one_that_is_served() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
        let checked_in = std::fs::read_to_string(path).unwrap();
        let now = openapi_json().unwrap();
        assert!(checked_in == now, "run: cargo run -- openapi --out docs/openapi.json");
    }

    #[test]
    fn every_route_has_a_summary_and_a_part() {
        let groups = groups(&openapi());
        let shown: usize = groups.iter().map(|group| group.routes.len()).sum();
        let all = openapi().paths.paths.values().flat_map(verbs_owned).count();
        assert_eq!(shown, all);
        for route in groups.iter().flat_map(|group| &group.routes) {
            assert!(!route.summary.is_empty(), "{} {}", route.verb, route.path);
            assert!(route.path.starts_with(crate::api::PREFIX), "{}", route.path);
        }
    }

    fn verbs_owned(item: &PathItem) -> Vec<&Operation> {
        verbs(item).into_iter().filter_map(|(_, operation)| operation).collect()
    }

    /// A handler that is described but not routed would be missed by every other test.
    #[test]
    fn every_described_handler_is_routed() {
        fn count(folder: &std::path::Path) -> usize {
            let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
            let each = |path: std::path::PathBuf| match path.is_dir() {
                true => count(&path),
                false => {
                    let text = std::fs::read_to_string(path).unwrap();
                    text.lines().filter(|line| line.trim() == "#[utoipa::path(").count()
                }
            };
            entries.map(each).sum()
        }
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/api");
        let routed = openapi().paths.paths.values().flat_map(verbs_owned).count();
        assert_eq!(count(folder.as_ref()), routed);
    }
}
