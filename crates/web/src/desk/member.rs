//! One member (職員を直す): name and mail address, job and level; and the fields that a new member
//! has, too.

use axum::extract::{Path, Query, State as Extract};
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use tasuki_app::account::{self, Edit, NewPlace};
use tasuki_core::account::{AccountLevel, JobType, Organisation};
use tasuki_core::word::Word;

use super::{Area, Ask, Desk, Manager};
use crate::fields::Fields;
use crate::flash::{self, Done};
use crate::page::plain::{Field, FieldKind, FormPage};
use crate::page::{Choice, Form, Link};
use crate::problem::Problem;
use crate::server::State;
use crate::session::{Posted, Refusal, Stop, Tried};

/// Levels that whoever sits at the desk may give.
pub(super) fn levels(desk: &Desk) -> impl Iterator<Item = AccountLevel> {
    let may = |level: &AccountLevel| account::may_manage(desk.by(), &desk.organisation, *level);
    AccountLevel::ALL.iter().copied().filter(may)
}

/// Jobs that exist in the organisation.
pub(super) fn jobs(desk: &Desk) -> impl Iterator<Item = JobType> {
    account::jobs(&desk.organisation)
}

/// Level, job and what goes with it; where there is nothing to choose, nothing is asked.
pub(super) fn job_fields(desk: &Desk) -> Vec<Field> {
    let mut fields = Vec::new();
    let choices: Vec<_> = jobs(desk).map(|job| Choice::new(job.word(), job.japanese())).collect();
    if 1 < choices.len() {
        let hint = "職種によって、見られる書類が変わります。";
        fields.push(Field::new("job", "職種", FieldKind::Select(choices)).hint(hint));
    }
    let choices: Vec<_> =
        levels(desk).map(|level| Choice::new(level.word(), level.japanese())).collect();
    if 1 < choices.len() {
        fields.push(Field::new("level", "権限", FieldKind::Radios(choices)));
    }
    if matches!(desk.organisation, Organisation::Provider(_)) {
        let hint = "介護支援専門員がいない種類の事業所で、ケアプランを作る職員だけ印を付けます。";
        let tick = Field::new("writes_care_plans", "ケアプランを作ります", FieldKind::Tick);
        fields.push(tick.hint(hint));
    }
    fields
}

/// The job that was chosen, or the only one.
pub(super) fn job(desk: &Desk, fields: &Fields) -> Result<JobType, Stop> {
    chosen(jobs(desk), fields, "job")
}

/// The level that was chosen, or the only one.
pub(super) fn level(desk: &Desk, fields: &Fields) -> Result<AccountLevel, Stop> {
    chosen(levels(desk), fields, "level")
}

fn chosen<W: Word>(
    mut all: impl Iterator<Item = W>,
    fields: &Fields,
    field: &'static str,
) -> Result<W, Stop> {
    let first = all.next();
    if all.next().is_none()
        && let Some(only) = first
    {
        return Ok(only);
    }
    W::from_word(fields.get(field)).ok_or_else(|| Stop::at(field, "choose"))
}

pub(crate) async fn show<M: Manager>(
    Extract(state): Extract<State>,
    by: M,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(ask): Query<Ask>,
) -> Result<Response, Problem> {
    let desk = Desk::of(state, &by, headers, &ask.organisation)?;
    let (account, stored) =
        account::get(&desk.state.app, desk.by(), &desk.organisation, &id).await?;
    let place = stored.membership;
    let form = Form::new()
        .with("name", account.name)
        .with("mail", account.mail.unwrap_or_default())
        .with("level", place.level.word())
        .with("job", place.job.word())
        .with("writes_care_plans", if place.writes_care_plans { "yes" } else { "" })
        .with("version", account.version.to_string())
        .with("place_version", stored.version.to_string());
    page(&desk, &id, form).await
}

async fn page(desk: &Desk, id: &str, form: Form) -> Result<Response, Problem> {
    let mut fields = vec![
        Field::new("name", "名前", FieldKind::Text),
        Field::new("mail", "メールアドレス", FieldKind::Text).optional(),
    ];
    fields.extend(job_fields(desk));
    let mut hidden = desk.hidden();
    for version in ["version", "place_version"] {
        hidden.push((version, form.value(version).to_owned()));
    }
    let page = FormPage {
        intro: vec![
            "職種と権限は、この職員の次の操作から変わります。IDは変えられません。".to_owned(),
        ],
        fields,
        hidden,
        action: desk.action(Area::Members, &format!("/{id}")),
        button: "保存する".to_owned(),
        back: Some(Link::new("やめる", desk.address(Area::Members, ""))),
        ..FormPage::new(desk.page_shell(Area::Members, "職員を直す").await?, form)
    };
    Ok(page.into_response())
}

pub(crate) async fn save<M: Manager>(
    Extract(state): Extract<State>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Posted { by, fields }: Posted<M>,
) -> Result<Response, Refusal> {
    let desk = Desk::of(state, &by, headers, fields.get("organisation"))?;
    let errors = match try_save(&desk, &id, &fields).await {
        Ok(done) => return Ok(done),
        Err(stop) => stop.faults()?,
    };
    let names = ["name", "mail", "level", "job", "writes_care_plans", "version", "place_version"];
    Ok(page(&desk, &id, fields.form(&names).with_errors(errors)).await?)
}

async fn try_save(desk: &Desk, id: &str, fields: &Fields) -> Tried {
    let (app, here) = (&desk.state.app, &desk.organisation);
    let mail = fields.get("mail");
    let version = |name| fields.get(name).parse().unwrap_or(0);
    let edit = Edit {
        version: version("version"),
        name: fields.get("name"),
        mail: (!mail.is_empty()).then_some(mail),
        place_version: version("place_version"),
        place: NewPlace {
            level: level(desk, fields)?,
            job: job(desk, fields)?,
            writes_care_plans: fields.is_ticked("writes_care_plans"),
        },
    };
    account::edit(app, desk.by(), here, id, edit, desk.state.now()).await?;
    Ok(flash::done(&desk.address(Area::Members, ""), Done::AccountChanged))
}
