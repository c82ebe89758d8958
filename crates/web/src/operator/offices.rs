//! `/operator/offices`: offices and institutions, by hand and from the public register.

use axum::extract::{Path, Query, State as Extract};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use tasuki_app::AppError;
use tasuki_app::caller::By;
use tasuki_app::office::{self, StopReason};
use tasuki_core::account::Organisation;
use tasuki_core::provider::{Provider, ProviderNumber, ServiceType};
use tasuki_core::word::Word;
use tasuki_formats::providers::Importer;

use super::place::address;
use crate::fields::{Fields, Wrong};
use crate::flash::{self, Done};
use crate::page::operator::{ImportPage, ImportReport, OfficeLine, OfficePage, OfficesPage};
use crate::page::{Badge, Choice, Form, Link, Rendered, Tone, paths};
use crate::problem::{Code, FieldError, Problem};
use crate::server::State;
use crate::session::{OperatorStaff, Posted, Refusal, Staff, Uploaded};
use crate::staff::frame::{self, Title};

/// Offices of one search.
const MOST: i64 = 50;

/// Findings of an import that the page shows.
const FINDINGS: usize = 200;

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
    let status = match page.form.errors().is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok(Rendered::with_status(status, page).into_response())
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
    let caller = By::Staff(by.0.caller());
    let version: Option<i64> = fields.get("version").parse().ok();
    let (read, services) = read(&fields);
    // What a form does not say stays: whether the office works.
    let active = match (&read, version) {
        (Ok(provider), Some(_)) => {
            office::get(&state.app, caller, &provider.number).await?.provider.active
        }
        _ => true,
    };
    let errors = match read {
        Ok(provider) => {
            let provider = Provider { active, ..provider };
            let saved = office::save_provider(&state.app, caller, provider, version, state.now());
            match saved.await {
                Ok(()) => return Ok(flash::done(paths::PROVIDERS, Done::OfficeSaved)),
                Err(AppError::Invalid(errors)) => {
                    errors.into_iter().map(FieldError::from).collect()
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(errors) => errors,
    };
    let number = fields.get("number").to_owned();
    let known = version.map(|version| Known { number, services, active, version });
    let form = fields.form(&FIELDS).with_errors(errors);
    page(&state, &by.0, &headers, form, known).await.map_err(Refusal::Problem)
}

fn read(fields: &Fields) -> (Result<Provider, Vec<FieldError>>, Vec<ServiceType>) {
    let ticked =
        |service: &ServiceType| fields.get(&format!("service_{}", service.code())) == "yes";
    let services: Vec<ServiceType> = ServiceType::all().filter(ticked).collect();
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
    let provider = match number {
        Some(number) if wrong.is_empty() => Ok(Provider {
            number,
            name,
            kana: text("kana"),
            is_medical: fields.is_ticked("is_medical"),
            services: services.clone(),
            corporation_number: thirteen.then(|| corporation.to_owned()),
            corporation_name: text("corporation_name"),
            address: text("address"),
            phone: text("phone"),
            active: true,
        }),
        _ => Err(wrong.into_errors()),
    };
    (provider, services)
}

pub(super) async fn set_active(
    Extract(state): Extract<State>,
    Posted { by, fields }: Posted<OperatorStaff>,
) -> Result<Response, Refusal> {
    let bad = || Refusal::Problem(Problem::new(Code::BadRequest));
    let number = ProviderNumber::parse(fields.get("number")).map_err(|_| bad())?;
    let reason = StopReason::from_word(fields.get("reason")).ok_or_else(bad)?;
    let change = (fields.get("active") == "yes", reason);
    let by = By::Staff(by.0.caller());
    office::set_active(&state.app, by, &number, change, state.now()).await?;
    Ok(flash::done(&format!("{}/{number}", paths::PROVIDERS), Done::OfficeSaved))
}

const IMPORT: Title<'static> = Title {
    title: "公開データから取り込む",
    nav: paths::PROVIDERS,
    crumbs: &[("事業所・医療機関", paths::PROVIDERS)],
    help: &["公表されている事業所の一覧を取り込みます。止めた事業所は、止めたままです。"],
};

pub(super) async fn import_form(
    Extract(state): Extract<State>,
    staff: OperatorStaff,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let shell = frame::shell(&state, &staff.0, &headers, IMPORT).await?;
    Ok(Rendered::new(ImportPage { shell, form: Form::new(), report: None }))
}

pub(super) async fn import(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    uploaded: Uploaded<OperatorStaff>,
) -> Result<Response, Refusal> {
    let staff = uploaded.by.0.clone();
    let shell = frame::shell(&state, &staff, &headers, IMPORT).await.map_err(Refusal::Problem)?;
    if uploaded.files.is_empty() {
        let form = Form::new().with_errors(vec![FieldError::new("file", "file")]);
        let page = ImportPage { shell, form, report: None };
        return Ok(Rendered::with_status(StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let read = tokio::task::spawn_blocking(move || {
        let mut importer = Importer::default();
        for file in &uploaded.files {
            importer.read(std::io::BufReader::new(std::fs::File::open(&file.path)?))?;
        }
        Ok::<_, std::io::Error>(importer.finish())
    });
    let import = read.await.map_err(AppError::internal)?;
    let import = import.map_err(|error| AppError::Unavailable(error.into()))?;
    let by = By::Staff(staff.caller());
    let report = office::import(&state.app, by, import, state.now()).await?;
    let finding = |finding: &tasuki_formats::municipal::Finding| {
        let column = finding.column.clone().unwrap_or_default();
        (finding.line, column, finding.rule.japanese(), finding.mend.clone())
    };
    let report = ImportReport {
        lines: report.lines,
        added: report.added,
        changed: report.changed,
        unchanged: report.unchanged,
        findings: report.findings.iter().take(FINDINGS).map(finding).collect(),
        total: report.findings.len(),
    };
    Ok(Rendered::new(ImportPage { shell, form: Form::new(), report: Some(report) }).into_response())
}
