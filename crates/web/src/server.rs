//! The servers of the platform (サーバ): what handlers work with, and the three routers.
//!
//! Staff come over TLS with a client certificate, citizens over TLS without one, and operations
//! (health, metrics) stand on the loopback interface. What surrounds every request is in
//! `around`.

mod around;
mod operations;
pub mod route;

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use tasuki_app::App;
use tasuki_app::health::Machine;
use tasuki_app::ingestion::spool::Spool;
use tasuki_core::date::AtMs;
use tasuki_tls::Clock;
use tasuki_tls::authority::Authority;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;

use crate::problem::{Code, Problem, answer_in_kind};
use crate::{api, assets, citizen, staff};

/// Largest body of a form, in bytes: a signature drawn on the screen is the largest thing.
const FORM_BYTES: usize = 256 * 1024;

/// What every handler works with. Each layer and each handler takes a clone for each request, so
/// a clone is one count and no more.
#[derive(Clone)]
pub struct State(Arc<Parts>);

/// What a [`State`] holds.
#[derive(Clone)]
pub struct Parts {
    /// Use cases.
    pub app: App,
    /// The time, from outside.
    pub clock: Clock,
    /// Disk and certificates, for the health of this process; `None` where nobody looks.
    pub machine: Option<Machine>,
    /// Figures for Prometheus; `None` when nobody collects them.
    pub figures: Option<PrometheusHandle>,
    /// Issues certificates of devices; `None` where this process may not.
    pub authority: Option<Arc<Authority>>,
    /// Where files of transfers and of forms gather; `None` where none are taken.
    pub spool: Option<Spool>,
}

impl Deref for State {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl State {
    /// What handlers work with.
    pub fn new(app: App, clock: Clock) -> Self {
        let (machine, figures, authority, spool) = (None, None, None, None);
        Self(Arc::new(Parts { app, clock, machine, figures, authority, spool }))
    }

    /// The same, telling how this machine stands.
    #[must_use]
    pub fn with_machine(self, machine: Machine) -> Self {
        self.with(|parts| parts.machine = Some(machine))
    }

    /// The same with figures for Prometheus.
    #[must_use]
    pub fn with_figures(self, figures: PrometheusHandle) -> Self {
        self.with(|parts| parts.figures = Some(figures))
    }

    /// The same, issuing certificates of devices.
    #[must_use]
    pub fn with_authority(self, authority: impl Into<Arc<Authority>>) -> Self {
        self.with(|parts| parts.authority = Some(authority.into()))
    }

    /// The same, taking files of transfers and of forms, which gather in `folder`.
    #[must_use]
    pub fn with_spool(self, folder: PathBuf) -> Self {
        self.with(|parts| parts.spool = Some(Spool::new(folder)))
    }

    fn with(self, change: impl FnOnce(&mut Parts)) -> Self {
        let mut parts = Arc::unwrap_or_clone(self.0);
        change(&mut parts);
        Self(Arc::new(parts))
    }

    /// The moment of this request.
    pub fn now(&self) -> AtMs {
        AtMs(self.clock.now_ms())
    }
}

/// Staff pages; only for a listener that requires client certificates.
pub fn staff_router(state: State) -> Router {
    let routes = route::of(staff::ROUTES);
    finished(routes.merge(assets::routes()).merge(api::router(&state)), state)
}

/// Citizens' pages.
pub fn citizen_router(state: State) -> Router {
    let routes = route::of(citizen::ROUTES).route("/health", get(operations::live));
    finished(routes.merge(assets::routes()), state)
}

/// Health and metrics, for the loopback interface.
pub fn operations_router(state: State) -> Router {
    let routes = Router::new()
        .route("/health", get(operations::health))
        .route("/health/live", get(operations::live))
        .route("/health/ready", get(operations::health))
        .route("/metrics", get(operations::metrics));
    finished(routes, state)
}

/// What surrounds every route: number, headers, page or document, panics, size.
fn finished(routes: Router<State>, state: State) -> Router {
    let incident = state.clone();
    // One layer of five: each call of `Router::layer` costs a request some boxes of its own.
    let layers = ServiceBuilder::new()
        .layer(axum::middleware::from_fn_with_state(state.clone(), around::around))
        .layer(axum::middleware::from_fn(answer_in_kind))
        .layer(CatchPanicLayer::custom(move |_| around::panicked(&incident)))
        .layer(axum::middleware::from_fn(around::readable))
        .layer(DefaultBodyLimit::max(FORM_BYTES));
    routes
        .fallback(async || Problem::new(Code::NotFound))
        .method_not_allowed_fallback(async || Problem::new(Code::MethodNotAllowed))
        .layer(layers)
        .with_state(state)
}
