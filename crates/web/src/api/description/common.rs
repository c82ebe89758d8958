//! What every operation has in common (共通の部分): its name, its problems, its key for retries.
//!
//! Said once here instead of once for each route.

use std::collections::BTreeMap;

use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::schema::ArrayItems;
use utoipa::openapi::{
    Content, OpenApi, PathItem, Ref, RefOr, Required, Response, ResponseBuilder, Schema,
};
use utoipa::{PartialSchema, ToSchema};

use crate::problem::ProblemBody;

/// Media type of problems.
const PROBLEM: &str = "application/problem+json";

/// Completes a description.
pub(in crate::api) fn complete(mut api: OpenApi, streamed: &OpenApi) -> OpenApi {
    for (path, item) in &mut api.paths.paths {
        let takes_no_key = streamed.paths.paths.get(path);
        for (verb, operation) in verbs_mut(item) {
            operation.operation_id = Some(operation_id(verb, path));
            let open = operation.security.as_ref().is_some_and(Vec::is_empty);
            if verb != "get" && !open && takes_no_key.is_none() {
                operation.parameters.get_or_insert_default().push(key());
            }
            conditional(operation);
            problems(operation);
        }
    }
    let components = api.components.get_or_insert_default();
    let mut found = vec![("Problem".to_owned(), ProblemBody::schema())];
    ProblemBody::schemas(&mut found);
    components.schemas.extend(found);
    name_items(&mut components.schemas);
    api
}

fn verbs_mut(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    let all = [("get", get), ("put", put), ("post", post), ("delete", delete), ("patch", patch)];
    all.into_iter().filter_map(|(verb, operation)| Some((verb, operation.as_mut()?)))
}

/// `post_persons_handle_consents` for `POST /api/v1/persons/{handle}/consents`.
fn operation_id(verb: &str, path: &str) -> String {
    let below = path.strip_prefix(crate::api::PREFIX).unwrap_or(path);
    let parts = below.split(['/', '.', '-']).filter(|part| !part.is_empty());
    let parts = parts.map(|part| part.trim_matches(['{', '}']));
    [verb].into_iter().chain(parts).collect::<Vec<_>>().join("_")
}

fn key() -> RefOr<Parameter> {
    let text = "再送しても1回だけにする鍵（1文字から255文字、UUIDなど）";
    let key = Parameter::builder().name("Idempotency-Key").parameter_in(ParameterIn::Header);
    let key = key.required(Required::False).description(Some(text));
    key.schema(Some(String::schema())).build().into()
}

/// What has a version need not be sent twice.
fn conditional(operation: &mut Operation) {
    let answer = operation.responses.responses.get("200");
    let tagged = matches!(answer, Some(RefOr::T(own)) if own.headers.contains_key("ETag"));
    if !tagged {
        return;
    }
    let known = Parameter::builder().name("If-None-Match").parameter_in(ParameterIn::Header);
    let known = known.required(Required::False).description(Some("前の答えの `ETag`"));
    let known = known.schema(Some(String::schema())).build();
    operation.parameters.get_or_insert_default().push(known.into());
    let same = ResponseBuilder::new().description("前の答えから変わっていません").build();
    operation.responses.responses.entry("304".to_owned()).or_insert(same.into());
}

/// Each answer that goes wrong is a problem document, those that no route names included.
fn problems(operation: &mut Operation) {
    let problem = || Content::new(Some(RefOr::<Schema>::Ref(Ref::from_schema_name("Problem"))));
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(Response { content, .. }) = response else { continue };
        if content.is_empty() && status.starts_with(['4', '5']) {
            content.insert(PROBLEM.to_owned(), problem().into());
        }
    }
    let other = ResponseBuilder::new().description("問題の知らせ（RFC 9457）");
    let other = other.content(PROBLEM, problem()).build();
    operation.responses.responses.insert("default".to_owned(), other.into());
}

/// Lists name the schema of their items instead of repeating it.
fn name_items(schemas: &mut BTreeMap<String, RefOr<Schema>>) {
    let mut found = Vec::new();
    for (page, schema) in schemas.iter_mut() {
        let Some(item) = page.strip_prefix("Page_") else { continue };
        let RefOr::T(Schema::Object(object)) = schema else { continue };
        let Some(RefOr::T(Schema::Array(items))) = object.properties.get_mut("items") else {
            continue;
        };
        let named = Box::new(Ref::from_schema_name(item).into());
        let whole = std::mem::replace(&mut items.items, ArrayItems::RefOrSchema(named));
        if let ArrayItems::RefOrSchema(whole) = whole {
            found.push((item.to_owned(), *whole));
        }
    }
    for (name, schema) in found {
        schemas.entry(name).or_insert(schema);
    }
}
