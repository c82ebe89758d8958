//! My persons (わたしの利用者) and the insurer's register by reading.

use axum::extract::State as Extract;
use axum::response::Response;
use http::StatusCode;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tasuki_app::attention::Matter;
use tasuki_app::persons::{self, Line};
use tasuki_app::{AppError, find};
use tasuki_core::account::Organisation;
use tasuki_core::assignment::AssignmentState;
use tasuki_core::care_level::CareLevel;
use tasuki_core::eligibility::BurdenRatio;
use tasuki_core::insured::{InsuredNumber, InsuredPerson, Sex};
use tasuki_formats::characters::search_key;
use utoipa::{IntoParams, ToSchema};

use crate::api::Software;
use crate::api::body::{self, Strict, StrictQuery, json};
use crate::api::paging::{Page, PageQuery};
use crate::api::view::NameView;
use crate::problem::Problem;
use crate::server::State;

/// How the list is narrowed and turned.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// 1ページの件数. 1から200まで、なければ50.
    limit: Option<usize>,
    /// 続き: 前のページの `next`.
    cursor: Option<String>,
    /// この用件のある方だけ.
    attention: Option<String>,
    /// この要介護度の方だけ.
    care_level: Option<String>,
    /// 同意のない方だけ.
    lacks_consent: Option<bool>,
    /// 並べ方: `attention` (without it), `kana` or `end` (the end of the certification).
    sort: Option<String>,
}

/// 一覧の1人.
#[derive(Serialize, ToSchema)]
pub struct PersonLine<'a> {
    /// 利用者の取っ手.
    handle: String,
    /// 利用者.
    #[serde(flatten)]
    person: PersonBrief<'a>,
    /// 保険者の名前.
    insurer_name: &'a str,
    /// 要介護度 in force, when the caller may see the certificate.
    care_level: Option<CareLevel>,
    /// 認定の終わりの日.
    certified_until: Option<Date>,
    /// 負担割合 in force.
    burden_ratio: Option<BurdenRatio>,
    /// 気をつけること, most pressing first.
    attention: Vec<AttentionView>,
    /// 担当の終わりの日, as things stand.
    access_until: Option<Date>,
    /// 同意があれば見られる書類がある.
    lacks_consent: bool,
}

/// 名前・番号・生年月日・性別.
#[derive(Serialize, ToSchema)]
pub struct PersonBrief<'a> {
    /// 保険者番号.
    insurer_number: &'a str,
    /// 被保険者番号.
    insured_number: &'a str,
    /// 氏名.
    name: NameView<'a>,
    /// 生年月日.
    birth_date: Date,
    /// 性別.
    sex: Sex,
}

/// 気をつけること.
#[derive(Serialize, ToSchema)]
pub struct AttentionView {
    /// 用件.
    matter: Matter,
    /// 用件の日.
    on: Date,
    /// 用件の文.
    text: &'static str,
}

impl<'a> PersonBrief<'a> {
    fn of(person: &'a InsuredPerson) -> Self {
        Self {
            insurer_number: person.key.insurer.as_str(),
            insured_number: person.key.insured.expose(),
            name: NameView::of(&person.name),
            birth_date: person.birth_date,
            sex: person.sex,
        }
    }
}

impl<'a> PersonLine<'a> {
    fn of(handle: String, line: &'a Line) -> Self {
        let attention = line.attention.iter().map(|found| AttentionView {
            matter: found.matter,
            on: found.on,
            text: found.matter.japanese(),
        });
        Self {
            handle,
            person: PersonBrief::of(&line.person),
            insurer_name: &line.insurer_name,
            care_level: line.care_level,
            certified_until: line.certified_until,
            burden_ratio: line.burden_ratio,
            attention: attention.collect(),
            access_until: match line.assignment {
                AssignmentState::Open { until, .. } => Some(until),
                AssignmentState::Lapsed { .. } | AssignmentState::Ended { .. } => None,
            },
            lacks_consent: line.lacks_consent,
        }
    }
}

/// わたしの利用者: the persons whom this office is in charge of. One event for the whole list.
#[utoipa::path(
    get, path = "/persons", tag = "person", params(ListQuery),
    responses(
        (status = 200, description = "利用者の一覧", body = Page<PersonLine<'static>>),
        (status = 403, description = "利用者の一覧がない立場です"),
    )
)]
pub async fn list(
    by: Software,
    Extract(state): Extract<State>,
    StrictQuery(query): StrictQuery<ListQuery>,
) -> Result<Response, Problem> {
    let keeps = keeps(&query)?;
    let mut lines = persons::list(&state.app, by.caller(), state.now()).await?;
    lines.retain(keeps);
    sort(&mut lines, query.sort.as_deref())?;
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let page = page.of(lines, |line| by.handle(&state, &line.person.key))?;
    answer(&state, &by, &page)
}

fn answer<'a>(state: &State, by: &Software, page: &'a Page<Line>) -> Result<Response, Problem> {
    let line = |line: &'a Line| PersonLine::of(by.handle(state, &line.person.key), line);
    let items: Vec<_> = page.items.iter().map(line).collect();
    json(StatusCode::OK, &Page { items, next: page.next.clone() })
}

fn keeps(query: &ListQuery) -> Result<impl Fn(&Line) -> bool + use<>, Problem> {
    let matter = body::word::<Matter>(query.attention.as_deref(), "attention")?;
    let level = body::word::<CareLevel>(query.care_level.as_deref(), "care_level")?;
    let lacks = query.lacks_consent;
    Ok(move |line: &Line| {
        matter.is_none_or(|matter| line.attention.iter().any(|found| found.matter == matter))
            && level.is_none_or(|level| line.care_level == Some(level))
            && lacks.is_none_or(|lacks| line.lacks_consent == lacks)
    })
}

fn sort(lines: &mut [Line], by: Option<&str>) -> Result<(), Problem> {
    match by {
        None | Some("attention") => {}
        Some("kana") => lines.sort_by(|a, b| {
            a.person.name.kana.cmp(&b.person.name.kana).then(a.person.key.cmp(&b.person.key))
        }),
        Some("end") => {
            lines.sort_by_key(|line| (line.certified_until.is_none(), line.certified_until))
        }
        Some(_) => return Err(body::invalid("sort", "unknown")),
    }
    Ok(())
}

/// よみの検索: posted, so that no name stands in an address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "kana": "シケン", "limit": 20 })))]
pub struct SearchRequest {
    /// よみ、またはそのはじめ; width, small kana and voicing marks fold.
    #[schema(example = "シケン")]
    #[serde(default)]
    kana: Option<String>,
    /// 被保険者番号, instead of the reading; insurers only, within their own register.
    #[serde(default)]
    insured_number: Option<InsuredNumber>,
    /// 人数. 1から200まで、なければ50.
    limit: Option<usize>,
}

/// 見つかった方.
#[derive(Serialize, ToSchema)]
pub struct FoundPerson<'a> {
    /// 利用者の取っ手.
    handle: String,
    /// 利用者.
    #[serde(flatten)]
    person: PersonBrief<'a>,
}

/// よみ・番号でさがす: an office within its own persons, an insurer within its register.
#[utoipa::path(
    post, path = "/persons/search", tag = "person", request_body = SearchRequest,
    responses(
        (status = 200, description = "見つかった方", body = Page<FoundPerson<'static>>),
        (status = 403, description = "利用者をさがせない立場です"),
    )
)]
pub async fn search(
    by: Software,
    Extract(state): Extract<State>,
    Strict(sent): Strict<SearchRequest>,
) -> Result<Response, Problem> {
    let limit = PageQuery { limit: sent.limit, cursor: None }.limit()?;
    let found = match (sent.kana, sent.insured_number) {
        (Some(kana), None) => {
            let key = search_key(&kana);
            if key.is_empty() {
                return Err(body::invalid("kana", "empty"));
            }
            found(&state, &by, &key, limit).await?
        }
        (None, Some(number)) => {
            let found = find::by_number(&state.app, by.caller(), &number, state.now()).await?;
            found.into_iter().collect()
        }
        _ => return Err(body::invalid("kana", "kana-or-number")),
    };
    let mut items = Vec::with_capacity(found.len());
    for person in &found {
        let handle = by.handle(&state, &person.key);
        items.push(FoundPerson { handle, person: PersonBrief::of(person) });
    }
    json(StatusCode::OK, &Page { items, next: None })
}

async fn found(
    state: &State,
    by: &Software,
    key: &str,
    limit: usize,
) -> Result<Vec<InsuredPerson>, AppError> {
    let (staff, now) = (by.caller(), state.now());
    if let Organisation::Insurer(_) = staff.organisation {
        let limit = u16::try_from(limit).unwrap_or(u16::MAX);
        return find::by_kana(&state.app, staff, key, limit, now).await;
    }
    let lines = persons::list(&state.app, staff, now).await?;
    let persons = lines.into_iter().map(|line| line.person);
    let fits = |person: &InsuredPerson| search_key(person.name.kana.expose()).contains(key);
    Ok(persons.filter(fits).take(limit).collect())
}
