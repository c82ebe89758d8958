//! A look and a page of the bench's house, as a collector of traces receives them.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use bytes::Bytes;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use tokio::net::TcpListener;

use super::house::{Answer, House};
use super::load::{Generator, Target};
use super::look::{self, What};
use super::{Engine, seed};
use crate::{clock, log};

/// What a collector received, delivery by delivery.
type Received = Arc<Mutex<Vec<Bytes>>>;

/// Fields that may stand in a span; all of them say nothing about anybody.
const FIELDS: [&str; 4] = ["target", "request.id", "http.method", "route"];

/// What happens to a look, within its request or before it.
const STEPS: [&str; 7] = ["request", "session", "facts", "decide", "papers", "commit", "render"];

/// A collector, and its address.
async fn collector() -> (Received, String) {
    async fn take(State(received): State<Received>, body: Bytes) -> &'static str {
        received.lock().unwrap().push(body);
        ""
    }
    let received = Received::default();
    let router = Router::new().route("/v1/traces", post(take)).with_state(received.clone());
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = format!("http://{}/v1/traces", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (received, address)
}

/// Opens the one person of a house; what must stay there.
async fn opened(what: What) -> Vec<String> {
    let now = clock::now();
    let house = House::make(Engine::Sqlite, now).await.unwrap();
    let town = tasuki_town::Options::new(200, 1, now.date());
    let pattern = seed::Pattern::of_town(&town).unwrap();
    let office = &house.office;
    seed::persons(&house.app, &house.insurer, office, &pattern, 1, now).await.unwrap();
    let address = house.serve(Arc::new(Answer::new())).await.unwrap();
    let credentials = look::credentials(&house, what).await.unwrap();
    let path = look::path(&house, what, 1);
    let handle = path(Target::Whole).rsplit('/').next().unwrap().to_owned();
    let number = seed::number(0).unwrap().expose().to_owned();
    let kept = vec![number, "架空".to_owned(), credentials.1.clone(), handle];
    let (tls, reading) = (house.client().unwrap(), Box::new(|| (0, 0)));
    let generator = Generator { address, tls, connections: 1, credentials, path, reading };
    generator.once(Target::Whole).await.unwrap();
    kept
}

fn spans(received: &Received) -> Vec<Span> {
    let deliveries = received.lock().unwrap();
    let requests = deliveries.iter().map(|body| ExportTraceServiceRequest::decode(body.clone()));
    let resources = requests.flat_map(|request| request.unwrap().resource_spans);
    let scopes = resources.flat_map(|resource| resource.scope_spans);
    scopes.flat_map(|scope| scope.spans).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_look_is_traced_step_by_step_and_names_nobody() {
    tasuki_tls::install_provider();
    let (received, address) = collector().await;
    let traces = log::start_with_traces(&address).unwrap();
    let mut kept = opened(What::Look).await;
    kept.extend(opened(What::Page).await);
    traces.end().await;

    let spans = spans(&received);
    assert!(spans.iter().any(|span| span.name == "handshake"));
    let routes = ["/api/v1/persons/{handle}", "/persons/{handle}"];
    for route in routes {
        let request = spans.iter().find(|span| said(span).get("route") == Some(&route.to_owned()));
        let trace = &request.expect("the request is traced").trace_id;
        let same = spans.iter().filter(|span| &span.trace_id == trace);
        let steps: BTreeSet<_> = same.map(|span| span.name.as_str()).collect();
        assert_eq!(steps, STEPS.into_iter().collect(), "{route}");
    }
    for span in &spans {
        let strange: Vec<_> =
            said(span).into_keys().filter(|field| !FIELDS.contains(&field.as_str())).collect();
        assert!(strange.is_empty(), "{}: {strange:?}", span.name);
        assert!(span.events.is_empty(), "{}: {:?}", span.name, span.events);
    }
    for body in received.lock().unwrap().iter() {
        let text = String::from_utf8_lossy(body);
        for part in &kept {
            assert!(!text.contains(part.as_str()), "{part} left the house");
        }
    }
}

/// The fields of a span.
fn said(span: &Span) -> BTreeMap<String, String> {
    use opentelemetry_proto::tonic::common::v1::any_value::Value;
    let text = |value: Option<Value>| match value {
        Some(Value::StringValue(text)) => text,
        other => format!("{other:?}"),
    };
    let fields = span.attributes.iter().cloned();
    fields.map(|field| (field.key, text(field.value.and_then(|it| it.value)))).collect()
}
