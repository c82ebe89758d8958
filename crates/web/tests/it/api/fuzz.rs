//! Nonsense: malformed bodies, addresses and headers to every operation. Each answer is a problem
//! document (that it fits the description is checked with every answer), and never a fault of ours.

use axum::body::Body;
use http::{HeaderValue, Request, header};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json as value};

use super::conform::{DESCRIPTION, operations};
use super::software::{Ground, ask};
use crate::house::NOW;

/// Cases of each operation.
const CASES: usize = 8;

/// Texts at which parsers and databases stumble.
fn text() -> impl Strategy<Value = String> {
    let known = prop_oneof![
        Just("\0".to_owned()),
        Just("a\0b".to_owned()),
        Just("-1".to_owned()),
        Just("9223372036854775807".to_owned()),
        Just("9999-12-31".to_owned()),
        Just("-009999-01-01".to_owned()),
        Just("9999-12-31T23:59:59Z".to_owned()),
        Just("provider:9970000001".to_owned()),
        Just("%_!'\";--".to_owned()),
        Just("../../etc".to_owned()),
        Just("\u{202e}𠮷\u{fffd}\u{10ffff}".to_owned()),
        Just("x".repeat(5_000)),
    ];
    prop_oneof![2 => known, 1 => any::<String>(), 1 => "[0-9a-f]{64}"]
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        Just(value!(1e300)),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((text(), inner), 0..4)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

/// Draws values from one seed, so that each run asks the same.
struct Dice(TestRunner);

impl Dice {
    fn new() -> Self {
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
        Self(TestRunner::new_with_rng(ProptestConfig::default(), rng))
    }

    fn draw<S: Strategy>(&mut self, strategy: &S) -> S::Value {
        strategy.new_tree(&mut self.0).unwrap().current()
    }

    fn below(&mut self, end: usize) -> usize {
        self.draw(&(0..end))
    }
}

/// The example of a body with one field gone, doubled into nonsense, or of another type.
fn spoiled(dice: &mut Dice, example: &Value) -> Value {
    let mut body = example.clone();
    let names: Vec<String> =
        body.as_object().into_iter().flatten().map(|(k, _)| k.clone()).collect();
    if names.is_empty() {
        return dice.draw(&json());
    }
    let name = names[dice.below(names.len())].clone();
    match dice.below(4) {
        0 => drop(body.as_object_mut().unwrap().remove(&name)),
        1 => body[&name] = Value::from(dice.draw(&text())),
        _ => body[&name] = dice.draw(&json()),
    }
    body
}

/// An address with nonsense in its places and in its query.
fn address(dice: &mut Dice, ground: &Ground, template: &str, operation: &Value) -> String {
    let encoded = |text: &str| {
        let bytes = text.bytes().map(|byte| format!("%{byte:02X}"));
        bytes.collect::<String>()
    };
    let mut path = template.to_owned();
    if dice.below(2) == 0 {
        path = path
            .replace("/api/v1/persons/{handle}", &ground.person('a', crate::house::WITH_CONSENT));
        path = path.replace("{number}", "9970000001").replace("{account}", "manager");
    }
    while let Some(start) = path.find('{') {
        let end = path.find('}').unwrap();
        let text = dice.draw(&text());
        let text = if text.is_empty() { "0".to_owned() } else { encoded(&text) };
        path.replace_range(start..=end, &text);
    }
    let mut query = Vec::new();
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        if parameter["in"] == "query" && dice.below(3) > 0 {
            let text = dice.draw(&text());
            query.push(format!("{}={}", parameter["name"].as_str().unwrap(), encoded(&text)));
        }
    }
    if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
}

fn request(
    dice: &mut Dice,
    (verb, path): (&str, &str),
    token: &str,
    example: &Value,
) -> Request<Body> {
    let odd = ["", "\"v1\"", "\"v9223372036854775807\"", "\"v-1\"", "*", "é", "\"x\", \"y\""];
    let mut request =
        ask(&verb.to_uppercase(), path).header(header::AUTHORIZATION, format!("Bearer {token}"));
    for name in ["if-match", "if-none-match", "idempotency-key"] {
        if dice.below(3) == 0 {
            let value = HeaderValue::from_bytes(odd[dice.below(odd.len())].as_bytes()).unwrap();
            request = request.header(name, value);
        }
    }
    let kinds = [
        "application/json",
        "application/json; charset=utf-8",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ];
    let kind = if dice.below(4) > 0 { kinds[0] } else { kinds[dice.below(kinds.len())] };
    let body = match dice.below(5) {
        0 => dice.draw(&prop::collection::vec(any::<u8>(), 0..200)),
        1 => dice.draw(&json()).to_string().into_bytes(),
        2 => example.to_string().into_bytes(),
        _ => spoiled(dice, example).to_string().into_bytes(),
    };
    request.header(header::CONTENT_TYPE, kind).body(Body::from(body)).unwrap()
}

#[tokio::test]
async fn nonsense_is_never_a_fault_of_ours() {
    let api = &DESCRIPTION.api;
    Ground::each(async |ground| {
        let mut dice = Dice::new();
        for (verb, template, operation) in operations(api) {
            let media = &operation["requestBody"]["content"]["application/json"]["schema"];
            let place = media["$ref"].as_str().unwrap_or("#/none").trim_start_matches('#');
            let example = api.pointer(place).map_or(Value::Null, |own| own["examples"][0].clone());
            for letter in ['a', 'd', 'e'] {
                // What came before may have ended the tokens, or stopped the device itself.
                let token = ground.try_token(letter).await.unwrap_or_default();
                for _ in 0..CASES {
                    let path = address(&mut dice, ground, template, operation);
                    let request = request(&mut dice, (verb, &path), &token, &example);
                    let said = format!("{request:?}");
                    let reply = ground.send_at(NOW, Some(letter), request).await;
                    let away = reply.status == 503 && template.ends_with("/find/card");
                    assert!(reply.status < 500 || away, "{said}\n{}", reply.body);
                }
            }
        }
    })
    .await;
}
