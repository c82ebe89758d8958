//! The caller, offices and insurers (自分・事業所・保険者): public registers.

use axum::extract::{Path, State as Extract};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use tasuki_app::caller::By;
use tasuki_app::{directory, office as register};
use tasuki_core::account::{AccountLevel, JobType};
use tasuki_core::insurer::InsurerNumber;
use tasuki_core::provider::{Provider, ProviderNumber, ServiceType};
use tasuki_store::insurer::StoredInsurer;
use tasuki_store::provider::StoredProvider;
use utoipa::{IntoParams, ToSchema};

use super::body::{self, StrictQuery, json};
use super::moment::Moment;
use super::paging::{Page, PageQuery};
use super::view::InsurerView;
use super::{Software, conditional};
use crate::problem::{Code, Problem};
use crate::server::State;

/// トークンのアカウントと所属.
#[derive(Serialize, ToSchema)]
pub struct MeAnswer<'a> {
    /// アカウントの番号.
    account: &'a str,
    /// アカウントの名前.
    name: &'a str,
    /// 所属.
    organisation: String,
    /// 所属の名前.
    organisation_name: &'a str,
    /// 権限.
    level: AccountLevel,
    /// 職種.
    job: JobType,
    /// アクセストークンの終わり.
    ends_at: Moment,
}

/// 自分: the account and organisation of the token.
#[utoipa::path(
    get, path = "/me", tag = "office",
    responses((status = 200, description = "アカウントと所属", body = MeAnswer<'static>))
)]
pub async fn me(by: Software) -> Result<Response, Problem> {
    let staff = by.caller();
    let answer = MeAnswer {
        account: &staff.account,
        name: &staff.name,
        organisation: staff.organisation.to_string(),
        organisation_name: &staff.organisation_name,
        level: staff.level,
        job: staff.job,
        ends_at: by.0.ends_at.into(),
    };
    json(StatusCode::OK, &answer)
}

/// 事業所・医療機関.
#[derive(Serialize, ToSchema)]
pub struct OfficeView<'a> {
    /// 事業所番号・医療機関番号.
    number: &'a str,
    /// 名前.
    name: &'a str,
    /// 名前のよみ.
    kana: &'a str,
    /// 医療機関.
    is_medical: bool,
    /// 介護サービスの種類.
    services: Vec<ServiceView>,
    /// 法人番号.
    corporation_number: Option<&'a str>,
    /// 法人の名前.
    corporation_name: &'a str,
    /// 住所.
    address: &'a str,
    /// 電話番号.
    phone: &'a str,
    /// 使える: the platform accepts it.
    active: bool,
}

/// サービスの種類.
#[derive(Serialize, ToSchema)]
pub struct ServiceView {
    /// サービス種類コード.
    #[schema(example = "43")]
    code: &'static str,
    /// サービスの名前.
    #[schema(example = "居宅介護支援")]
    name: &'static str,
}

impl<'a> OfficeView<'a> {
    /// An office.
    pub fn of(office: &'a Provider) -> Self {
        let service = |own: &ServiceType| ServiceView { code: own.code(), name: own.name() };
        Self {
            number: office.number.as_str(),
            name: &office.name,
            kana: &office.kana,
            is_medical: office.is_medical,
            services: office.services.iter().map(service).collect(),
            corporation_number: office.corporation_number.as_deref(),
            corporation_name: &office.corporation_name,
            address: &office.address,
            phone: &office.phone,
            active: office.active,
        }
    }
}

/// 自分の事業所.
#[utoipa::path(
    get, path = "/office", tag = "office",
    responses(
        (status = 200, description = "事業所", body = OfficeView<'static>, headers(("ETag" = String))),
        (status = 404, description = "事業所ではありません"),
    )
)]
pub async fn mine(by: Software, headers: HeaderMap) -> Result<Response, Problem> {
    let office = by.caller().provider.as_ref().ok_or_else(|| Problem::new(Code::NotFound))?;
    Ok(conditional::answer(&headers, body::written(&OfficeView::of(office))?))
}

/// What to search offices by.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfficeQuery {
    /// 名前の一部.
    name: Option<String>,
    /// よみのはじめ, in katakana.
    kana: Option<String>,
    /// 番号・名前・よみのどれか, instead of the others; the operator only, stopped ones included.
    q: Option<String>,
    /// 件数. 1から200まで、なければ50.
    limit: Option<usize>,
}

/// 事業所をさがす, in the order of the reading. What is left out beyond `limit` is not paged.
#[utoipa::path(
    get, path = "/offices", tag = "office", params(OfficeQuery),
    responses((status = 200, description = "事業所の一覧", body = Page<OfficeView<'static>>))
)]
pub async fn search(
    by: Software,
    Extract(state): Extract<State>,
    StrictQuery(query): StrictQuery<OfficeQuery>,
) -> Result<Response, Problem> {
    let limit = PageQuery { limit: query.limit, cursor: None }.limit()?;
    let limit = u16::try_from(limit).unwrap_or(u16::MAX);
    if let Some(text) = query.q {
        let by = By::Staff(by.caller());
        let found = register::search(&state.app, by, &text, i64::from(limit)).await?;
        return offices(&found);
    }
    let (name, kana) = (query.name.unwrap_or_default(), query.kana.unwrap_or_default());
    if name.trim().is_empty() && kana.trim().is_empty() {
        return Err(body::invalid("name", "required"));
    }
    let found =
        directory::offices(&state.app, by.caller(), name.trim(), kana.trim(), limit).await?;
    offices(&found)
}

fn offices(found: &[StoredProvider]) -> Result<Response, Problem> {
    let items: Vec<_> = found.iter().map(|found| OfficeView::of(&found.provider)).collect();
    json(StatusCode::OK, &Page { items, next: None })
}

/// 事業所.
#[utoipa::path(
    get, path = "/offices/{number}", tag = "office",
    params(("number" = String, Path, description = "事業所番号・医療機関番号")),
    responses(
        (status = 200, description = "事業所", body = OfficeView<'static>, headers(("ETag" = String))),
        (status = 404, description = "ありません"),
    )
)]
pub async fn office(
    by: Software,
    Extract(state): Extract<State>,
    Path(number): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let number = ProviderNumber::parse(&number).map_err(|_| Problem::new(Code::NotFound))?;
    let found = directory::office(&state.app, by.caller(), &number).await?;
    let bytes = body::written(&OfficeView::of(&found.provider))?;
    Ok(conditional::answer_version(&headers, bytes, found.version))
}

/// 保険者の一覧, with the day since when their data are here.
#[utoipa::path(
    get, path = "/insurers", tag = "office", params(PageQuery),
    responses((status = 200, description = "保険者の一覧", body = Page<InsurerView<'static>>))
)]
pub async fn insurers(
    by: Software,
    Extract(state): Extract<State>,
    StrictQuery(query): StrictQuery<PageQuery>,
) -> Result<Response, Problem> {
    let all = directory::insurers(&state.app, by.caller()).await?;
    let page = query.of(all, |stored: &StoredInsurer| stored.insurer.number.to_string())?;
    let items: Vec<_> = page.items.iter().map(|own| InsurerView::of(&own.insurer)).collect();
    json(StatusCode::OK, &Page { items, next: page.next })
}

/// 保険者.
#[utoipa::path(
    get, path = "/insurers/{number}", tag = "office",
    params(("number" = String, Path, description = "保険者番号")),
    responses(
        (
            status = 200, description = "保険者", body = InsurerView<'static>,
            headers(("ETag" = String)),
        ),
        (status = 404, description = "ありません"),
    )
)]
pub async fn insurer(
    by: Software,
    Extract(state): Extract<State>,
    Path(number): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let number = InsurerNumber::parse(&number).map_err(|_| Problem::new(Code::NotFound))?;
    let found = directory::insurer(&state.app, by.caller(), &number).await?;
    let bytes = body::written(&InsurerView::of(&found.insurer))?;
    Ok(conditional::answer_version(&headers, bytes, found.version))
}
