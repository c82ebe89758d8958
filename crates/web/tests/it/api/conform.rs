//! Every answer that a test gets is held against the description (OpenAPI): its status is named,
//! its body fits the schema, and says nothing that the schema does not name.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{LazyLock, Mutex, PoisonError};

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::{Value, json as value};

/// Name of the resource that holds the schemas.
const PLACE: &str = "mem:///api.json";

/// The description that is checked in; a test of the crate holds it against the routes.
pub(crate) static DESCRIPTION: LazyLock<Description> = LazyLock::new(Description::new);

pub(crate) struct Description {
    pub(crate) api: Value,
    /// Names of schemas: `get_me 200`, or `post_accounts request`.
    named: BTreeSet<String>,
    /// All schemas as one document, in which nothing may stand that is not named.
    whole: Value,
    /// Those that were needed so far.
    compiled: Mutex<Compiled>,
}

struct Compiled {
    schemas: Schemas,
    known: BTreeMap<String, SchemaIndex>,
}

impl Description {
    fn new() -> Self {
        let text = include_str!("../../../../../docs/openapi.json");
        let api: Value = serde_json::from_str(text).unwrap();
        let mut named = BTreeMap::new();
        for (_, _, operation) in operations(&api) {
            let id = operation["operationId"].as_str().unwrap();
            for (status, response) in operation["responses"].as_object().unwrap() {
                if let Some(schema) = json_schema(&response["content"]) {
                    named.insert(format!("{id} {status}"), strict(schema, false));
                }
            }
            if let Some(schema) = json_schema(&operation["requestBody"]["content"]) {
                named.insert(format!("{id} request"), schema.clone());
            }
        }
        let components = api["components"]["schemas"].as_object().unwrap();
        let components = components.iter().map(|(name, own)| (name.clone(), strict(own, true)));
        let components: serde_json::Map<_, _> = components.collect();
        let whole = value!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "components": { "schemas": components }, "$defs": named,
        });
        let compiled = Mutex::new(Compiled { schemas: Schemas::new(), known: BTreeMap::new() });
        Self { api, named: named.into_keys().collect(), whole, compiled }
    }

    /// What does not fit in `body` as the schema of this name; nothing when there is none.
    fn misfit(&self, name: &str, body: &Value) -> Option<String> {
        self.named.get(name)?;
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        let Compiled { schemas, known } = &mut *compiled;
        let index = *known.entry(name.to_owned()).or_insert_with(|| {
            let mut compiler = Compiler::new();
            compiler.enable_format_assertions();
            compiler.add_resource(PLACE, self.whole.clone()).unwrap();
            let place = format!("{PLACE}#/$defs/{}", name.replace(' ', "%20"));
            let index = compiler.compile(&place, schemas);
            index.unwrap_or_else(|error| panic!("{name}: {error:#}"))
        });
        schemas.validate(body, index).err().map(|error| format!("{name}: {error:#}\n{body}"))
    }

    /// The operation of a request.
    fn operation(&self, method: &str, path: &str) -> Option<&Value> {
        let fits = |template: &str| {
            let (own, asked): (Vec<_>, Vec<_>) =
                (template.split('/').collect(), path.split('/').collect());
            let same = |(own, asked): (&&str, &&str)| own.starts_with('{') || own == asked;
            own.len() == asked.len() && own.iter().zip(&asked).all(same)
        };
        let found = operations(&self.api)
            .filter(|(verb, template, _)| verb.eq_ignore_ascii_case(method) && fits(template));
        // `/persons/search` before `/persons/{handle}`.
        found.min_by_key(|(_, template, _)| template.matches('{').count()).map(|(.., own)| own)
    }

    /// Fails when an answer, or the body of a request that was accepted, is not as described.
    pub(crate) fn check(&self, asked: (&str, &str, &[u8]), status: u16, kind: &str, body: &str) {
        let (method, path, sent) = asked;
        let Some(operation) = self.operation(method, path) else {
            assert!([404, 405].contains(&status), "{method} {path} is not described: {status}");
            return;
        };
        let id = operation["operationId"].as_str().unwrap();
        let responses = &operation["responses"];
        let named = status.to_string();
        let answer = if responses[&named].is_object() { named.as_str() } else { "default" };
        assert!(status >= 400 || answer != "default", "{id} answers {status}, undescribed");
        if kind.contains("json") && !kind.contains("ndjson") {
            let json: Value = serde_json::from_str(body).unwrap();
            let misfit = self.misfit(&format!("{id} {answer}"), &json);
            assert_eq!(misfit, None);
        }
        if (200..300).contains(&status) && !sent.is_empty() {
            let json = serde_json::from_slice(sent).unwrap_or(Value::Null);
            assert_eq!(self.misfit(&format!("{id} request"), &json), None);
        }
    }
}

/// Method, template of the address, operation.
pub(crate) fn operations(api: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    let items = api["paths"].as_object().unwrap().iter();
    items.flat_map(|(path, item)| {
        let each = item.as_object().unwrap().iter();
        each.map(|(verb, operation)| (verb.as_str(), path.as_str(), operation))
    })
}

/// The schema of the JSON among the media types.
fn json_schema(content: &Value) -> Option<&Value> {
    let kinds = content.as_object()?.iter();
    let mut json = kinds.filter(|(kind, _)| kind.ends_with("json") && !kind.contains("ndjson"));
    json.find_map(|(_, media)| media.get("schema"))
}

/// The same schema, in which what is not named may not stand. Within `allOf` and its like, and at
/// the root of a component, only the whole knows what is named.
fn strict(schema: &Value, within: bool) -> Value {
    let Value::Object(own) = schema else { return schema.clone() };
    let mut own = own.clone();
    for (key, part) in &mut own {
        match key.as_str() {
            "properties" => {
                for property in part.as_object_mut().unwrap().values_mut() {
                    *property = strict(property, false);
                }
            }
            "items" | "additionalProperties" => *part = strict(part, false),
            "allOf" | "oneOf" | "anyOf" => {
                for each in part.as_array_mut().unwrap() {
                    *each = strict(each, true);
                }
            }
            _ => {}
        }
    }
    let composed = ["$ref", "properties", "allOf", "oneOf", "anyOf"];
    if !within && composed.iter().any(|key| own.contains_key(*key)) {
        own.insert("unevaluatedProperties".to_owned(), Value::Bool(false));
    }
    Value::Object(own)
}

#[test]
fn every_schema_is_one() {
    for name in &DESCRIPTION.named {
        // Whether null fits does not matter: a schema that is none stops here.
        let _ = DESCRIPTION.misfit(name, &Value::Null);
    }
    assert!(DESCRIPTION.named.len() > 80, "{}", DESCRIPTION.named.len());
}

#[test]
fn what_the_schema_does_not_name_is_found() {
    let problem = value!({ "type": "/problems/denied", "title": "", "status": 403, "code": "denied",
                           "detail": "", "hint": "" });
    assert_eq!(DESCRIPTION.misfit("get_me default", &problem), None);
    for (field, wrong) in [("reason", value!("x")), ("status", value!("403"))] {
        let mut other = problem.clone();
        other[field] = wrong;
        assert!(DESCRIPTION.misfit("get_me default", &other).is_some(), "{field}");
    }
}

#[test]
fn every_reference_and_every_parameter_of_the_description_is_there() {
    let api = &DESCRIPTION.api;
    let text = api.to_string();
    for part in text.split("\"$ref\":\"#").skip(1) {
        let place = part.split('"').next().unwrap();
        assert!(api.pointer(place).is_some(), "{place}");
    }
    let mut ids = Vec::new();
    for (verb, path, operation) in operations(api) {
        ids.push(operation["operationId"].as_str().unwrap());
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let mut in_path: Vec<_> = parameters
            .iter()
            .filter(|own| own["in"] == "path")
            .map(|own| (own["name"].as_str().unwrap(), own["required"] == true))
            .collect();
        let parts = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        let mut wanted: Vec<_> = parts.map(|name| (name, true)).collect();
        in_path.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(in_path, wanted, "{verb} {path}");
    }
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "an operationId stands twice");
}

fn is_japanese(text: &Value) -> bool {
    let in_script = |c: char| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}');
    text.as_str().is_some_and(|text| text.chars().any(in_script))
}

/// A property is described where it stands, or where its one non-null choice does.
fn is_described(property: &Value) -> bool {
    let choices = property["oneOf"].as_array().into_iter().flatten();
    let words = property["enum"].as_array().map(Vec::len);
    is_japanese(&property["description"])
        || choices.into_iter().any(|choice| is_japanese(&choice["description"]))
        // The tag of a choice says what its choice says.
        || words == Some(1)
}

fn undescribed(name: &str, schema: &Value, found: &mut Vec<String>) {
    for (property, own) in schema["properties"].as_object().into_iter().flatten() {
        let name = format!("{name}.{property}");
        if !is_described(own) {
            found.push(name.clone());
        }
        undescribed(&name, own, found);
    }
    for key in ["allOf", "oneOf"] {
        for choice in schema[key].as_array().into_iter().flatten() {
            undescribed(name, choice, found);
        }
    }
}

#[test]
fn everything_is_described_in_japanese() {
    let api = &DESCRIPTION.api;
    let mut found = Vec::new();
    for (name, schema) in api["components"]["schemas"].as_object().unwrap() {
        if !is_japanese(&schema["description"]) {
            found.push(name.clone());
        }
        undescribed(name, schema, &mut found);
    }
    for (verb, path, operation) in operations(api) {
        let mut say = |what: &str, text: &Value| {
            if !is_japanese(text) {
                found.push(format!("{verb} {path} {what}"));
            }
        };
        say("summary", &operation["summary"]);
        for (status, response) in operation["responses"].as_object().unwrap() {
            say(status, &response["description"]);
        }
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            say(parameter["name"].as_str().unwrap(), &parameter["description"]);
        }
    }
    assert_eq!(found, [""; 0]);
}

/// Examples of requests fit their own schema.
#[test]
fn every_example_fits_its_schema() {
    let mut examples = 0;
    for (_, _, operation) in operations(&DESCRIPTION.api) {
        let Some(schema) = json_schema(&operation["requestBody"]["content"]) else { continue };
        let Some(place) = schema["$ref"].as_str() else { continue };
        let own = DESCRIPTION.api.pointer(place.trim_start_matches('#')).unwrap();
        let id = operation["operationId"].as_str().unwrap();
        let shown = own["examples"].as_array().into_iter().flatten().chain(own.get("example"));
        let mut shown = shown.peekable();
        assert!(shown.peek().is_some(), "{id} has no example");
        for example in shown {
            assert_eq!(DESCRIPTION.misfit(&format!("{id} request"), example), None);
            examples += 1;
        }
    }
    assert!(examples > 15, "{examples}");
}
