//! `/operator/offices`: offices and institutions, by hand.

use axum::extract::{Path, Query, State as Extract};
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use serde::Deserialize;
use tasuki_app::caller::By;
use tasuki_app::office::{self, StopReason};
use tasuki_core::account::Organisation;
use tasuki_core::provider::{Provider, ProviderNumber, ServiceType};
use tasuki_core::word::Word;

use super::place::address;
use crate::fields::{Fields, Wrong};
use crate::flash::{self, Done};
use crate::page::operator::{OfficeLine, OfficePage, OfficesPage};
use crate::page::{Badge, Choice, Form, Link, Rendered, Tone, paths};
use crate::problem::{Code, FieldError, Problem};
use crate::server::State;
use crate::session::{OperatorStaff, Posted, Refusal, Staff, Tried};
use crate::staff::frame::{self, Title};

/// Offices of one search.
const MOST: i64 = 50;

#[derive(Debug, Default, Deserialize)]
pub(super) struct Ask {
    #[serde(default)]
    q: String,
}

pub(super) async fn list(
    Extract(state): Extract<State>,
    staff: OperatorStaff,
    headers: HeaderMap,
    Query(ask): Query<Ask>,
) -> Result<impl IntoResponse, Problem> {
    let title = Title {
        title: "事業所・医療機関",
        nav: paths::PROVIDERS,
        help: &["事業所をさがし、直し、止めます。", "公開データからまとめて取り込みます。"],
        ..Title::default()
    };
    let shell = frame::shell(&state, &staff.0, &headers, title).await?;
    let found = office::search(&state.app, By::Staff(staff.0.caller()), &ask.q, MOST).await?;
    let more = i64::try_from(found.len()).unwrap_or(MOST) >= MOST;
    let lines = found.into_iter().map(|stored| line(&stored.provider)).collect();
    Ok(Rendered::new(OfficesPage { shell, search: ask.q, lines, more }))
}

fn line(provider: &Provider) -> OfficeLine {
    let organisation = Organisation::Provider(provider.number.clone());
    let mut services: Vec<&str> = provider.services.iter().map(|service| service.name()).collect();
    if provider.is_medical {
        services.insert(0, "医療機関");
    }
    OfficeLine {
        href: format!("{}/{}", paths::PROVIDERS, provider.number),
        number: provider.number.to_string(),
        name: provider.name.clone(),
        services: services.join("・"),
        state: match provider.active {
            true => Badge::new(Tone::Good, "使えます"),
            false => Badge::new(Tone::Bad, "止めています"),
        },
        links: vec![
            Link::new("アカウント", address(paths::ACCOUNTS, &organisation)),
            Link::new("電子証明書", address(paths::DEVICES, &organisation)),
        ],
    }
}

pub(super) async fn new(
    Extract(state): Extract<State>,
    staff: OperatorStaff,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    page(&state, &staff.0, &headers, Form::new(), None).await
}

pub(super) async fn edit(
    Extract(state): Extract<State>,
    staff: OperatorStaff,
    headers: HeaderMap,
    Path(number): Path<String>,
) -> Result<Response, Problem> {
    let number = ProviderNumber::parse(&number).map_err(|_| Problem::new(Code::NotFound))?;
    let stored = office::get(&state.app, By::Staff(staff.0.caller()), &number).await?;
    let known = stored.provider.clone();
    let form = Form::new()
        .with("name", known.name)
        .with("kana", known.kana)
        .with("corporation_name", known.corporation_name)
        .with("corporation_number", known.corporation_number.unwrap_or_default())
        .with("address", known.address)
        .with("phone", known.phone)
        .with("is_medical", if known.is_medical { "yes" } else { "" });
    let Provider { number, services, active, .. } = stored.provider;
    let known = Known { number: number.to_string(), services, active, version: stored.version };
    page(&state, &staff.0, &headers, form, Some(known)).await
}

/// What a form does not type but carries.
struct Known {
    number: String,
    services: Vec<ServiceType>,
    active: bool,
    version: i64,
}

async fn page(
    state: &State,
    staff: &Staff,
    headers: &HeaderMap,
    form: Form,
    known: Option<Known>,
) -> Result<Response, Problem> {
    let title = Title {
        title: if known.is_some() { "事業所を直す" } else { "事業所を加える" },
        nav: paths::PROVIDERS,
        crumbs: &[("事業所・医療機関", paths::PROVIDERS)],
        ..Title::default()
    };
    let on = |service: &ServiceType| known.as_ref().is_some_and(|it| it.services.contains(service));
    let services = ServiceType::all()
        .map(|service| (Choice::new(service.code(), service.name()), on(&service)));
    let active = known.as_ref().is_none_or(|known| known.active);
    let reasons =
        StopReason::ALL.iter().filter(|reason| (**reason == StopReason::Resumed) != active);
    let page = OfficePage {
        shell: frame::shell(state, staff, headers, title).await?,
        number: known.as_ref().map(|known| known.number.clone()).unwrap_or_default(),
        version: known.as_ref().map(|known| known.version.to_string()).unwrap_or_default(),
        services: services.collect(),
        active,
        reasons: reasons.map(|reason| Choice::new(reason.word(), reason.japanese())).collect(),
        form,
    };
    Ok(Rendered::with_status(page.form.status(), page).into_response())
}

const FIELDS: [&str; 8] = [
    "number",
    "name",
    "kana",
    "corporation_name",
    "corporation_number",
    "address",
    "phone",
    "is_medical",
];

pub(super) async fn save(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    Posted { by, fields }: Posted<OperatorStaff>,
) -> Result<Response, Refusal> {
    let by = &by.0;
    let errors = match try_save(&state, by, &fields).await {
        Ok(done) => return Ok(done),
        Err(stop) => stop.faults()?,
    };
    let known = match version(&fields) {
        None => None,
        Some(version) => {
            let number = fields.get("number").to_owned();
            let active = is_active(&state, by, &number).await?;
            Some(Known { number, services: services(&fields), active, version })
        }
    };
    Ok(page(&state, by, &headers, fields.form(&FIELDS).with_errors(errors), known).await?)
}

/// The version that was read; a new office has none.
fn version(fields: &Fields) -> Option<i64> {
    fields.get("version").parse().ok()
}

/// Whether the office works: the form does not say it, and does not change it.
async fn is_active(state: &State, staff: &Staff, number: &str) -> Result<bool, Problem> {
    let number = ProviderNumber::parse(number).map_err(|_| Problem::new(Code::NotFound))?;
    let by = By::Staff(staff.caller());
    Ok(office::get(&state.app, by, &number).await?.provider.active)
}

async fn try_save(state: &State, staff: &Staff, fields: &Fields) -> Tried {
    let (provider, version) = (read(fields)?, version(fields));
    let by = By::Staff(staff.caller());
    office::edit_provider(&state.app, by, provider, version, state.now()).await?;
    Ok(flash::done(paths::PROVIDERS, Done::OfficeSaved))
}

/// Services that are ticked.
fn services(fields: &Fields) -> Vec<ServiceType> {
    let ticked =
        |service: &ServiceType| fields.get(&format!("service_{}", service.code())) == "yes";
    ServiceType::all().filter(ticked).collect()
}

fn read(fields: &Fields) -> Result<Provider, Vec<FieldError>> {
    let mut wrong = Wrong::new();
    let number = ProviderNumber::parse(fields.get("number")).ok();
    let number = wrong.take("number", "provider-number", number);
    let name = wrong.text(fields, "name", "required");
    let corporation = fields.get("corporation_number");
    let thirteen = corporation.len() == 13 && corporation.bytes().all(|b| b.is_ascii_digit());
    if !corporation.is_empty() && !thirteen {
        wrong.add("corporation_number", "corporation-number");
    }
    let text = |name: &str| fields.get(name).to_owned();
    match number {
        Some(number) if wrong.is_empty() => Ok(Provider {
            number,
            name,
            kana: text("kana"),
            is_medical: fields.is_ticked("is_medical"),
            services: services(fields),
            corporation_number: thirteen.then(|| corporation.to_owned()),
            corporation_name: text("corporation_name"),
            address: text("address"),
            phone: text("phone"),
            active: true,
        }),
        _ => Err(wrong.into_errors()),
    }
}

pub(super) async fn set_active(
    Extract(state): Extract<State>,
    Posted { by, fields }: Posted<OperatorStaff>,
) -> Result<Response, Refusal> {
    let bad = || Problem::new(Code::BadRequest);
    let number = ProviderNumber::parse(fields.get("number")).map_err(|_| bad())?;
    let reason = StopReason::from_word(fields.get("reason")).ok_or_else(bad)?;
    let change = (fields.get("active") == "yes", reason);
    let by = By::Staff(by.0.caller());
    office::set_active(&state.app, by, &number, change, state.now()).await?;
    Ok(flash::done(&format!("{}/{number}", paths::PROVIDERS), Done::OfficeSaved))
}
