//! Traces of requests (処理の跡) for an OpenTelemetry collector: OTLP over HTTP, in protobuf.
//!
//! INVARIANT: spans carry the template of an address, a method and a request's number, and nothing
//! of a person. Only spans of our own crates leave, and no message of the log with them.

use std::pin::Pin;
use std::time::Duration;

use anyhow::Context;
use bytes::Bytes;
use http::{Request, Response};
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::runtime::Handle;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

/// Longest time of one delivery.
const LIMIT: Duration = Duration::from_secs(10);

/// Traces on their way; what waits is sent when they are ended.
pub(crate) struct Traces(SdkTracerProvider);

impl Traces {
    /// Sends what waits, and stops.
    pub(crate) async fn end(self) {
        // The exporter waits for its delivery, which this runtime makes.
        let ended = tokio::task::spawn_blocking(move || self.0.shutdown()).await;
        if !matches!(ended, Ok(Ok(()))) {
            tracing::warn!("the last traces were not delivered");
        }
    }
}

/// The layer that makes traces and sends them to `collector`, within the runtime of the caller.
///
/// How many requests are traced, `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG` say: all of
/// them without.
///
/// # Errors
///
/// When `collector` is no address.
pub(crate) fn layer<S>(collector: &str) -> anyhow::Result<(impl Layer<S> + use<S>, Traces)>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let web = reqwest::Client::builder().no_proxy().timeout(LIMIT).build()?;
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(Delivery { web, runtime: Handle::current() })
        .with_endpoint(collector)
        .build()
        .context("traces")?;
    let resource = Resource::builder().with_service_name("tasuki").build();
    let provider =
        SdkTracerProvider::builder().with_resource(resource).with_batch_exporter(exporter).build();
    let layer = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("tasuki"))
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_filter(filter_fn(leaves));
    Ok((layer, Traces(provider)))
}

/// Spans of our own crates.
fn leaves(what: &Metadata<'_>) -> bool {
    what.is_span() && *what.level() <= Level::DEBUG && what.target().starts_with("tasuki")
}

/// Delivers from the exporter's own thread through the runtime of the process.
#[derive(Debug)]
struct Delivery {
    web: reqwest::Client,
    runtime: Handle,
}

impl HttpClient for Delivery {
    fn send_bytes<'own, 'answer>(
        &'own self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'answer>>
    where
        'own: 'answer,
        Self: 'answer,
    {
        let web = self.web.clone();
        let sent = self.runtime.spawn(async move {
            let answer = web.execute(request.try_into()?).await?;
            let status = answer.status();
            let mut response = Response::new(answer.bytes().await?);
            *response.status_mut() = status;
            Ok(response)
        });
        Box::pin(async move { sent.await? })
    }
}
