//! `/municipality/persons/{handle}/blocks`: offices kept from a protected person.

use axum::extract::{Path, State as Extract};
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use tasuki_app::AppError;
use tasuki_app::protection::{self, Draft};
use tasuki_core::date::AtMs;
use tasuki_core::protection::{BlockReason, ProtectionBlock};
use tasuki_core::provider::ProviderNumber;
use tasuki_core::word::Word;
use tasuki_store::facts::Basics;

use crate::fields::{Fields, Wrong};
use crate::flash::{self, Done};
use crate::page::blocks::{BlockLine, BlocksPage, blocks_of};
use crate::page::plain::{Field, FieldKind, FormPage};
use crate::page::{Choice, Form, Link, Rendered, Shell, paths};
use crate::problem::{Code, FieldError, Problem};
use crate::server::State;
use crate::session::{MunicipalStaff, Posted, Refusal, Staff};
use crate::staff::frame::{self, Title};

/// The choice of an office that is not in charge.
const OTHER: &str = "other";

/// Fields that are shown again after an error.
const AGAIN: &[&str] = &["provider", "number", "reason", "note"];

pub(super) async fn show(
    Extract(state): Extract<State>,
    staff: MunicipalStaff,
    headers: HeaderMap,
    Path(handle): Path<String>,
) -> Result<Response, Problem> {
    page(&state, &staff.0, &headers, &handle, Form::new()).await
}

async fn shell(
    state: &State,
    staff: &Staff,
    headers: &HeaderMap,
    title: &str,
) -> Result<Shell, Problem> {
    let title = Title {
        title,
        nav: paths::INSURED,
        crumbs: &[("被保険者をさがす", paths::INSURED)],
        help: &[
            "支援措置の対象の方について、事業所の閲覧を止めます。",
            "止めた事業所と、その理由を確かめます。",
            "見てよくなったら、止めるのをやめます。",
        ],
    };
    frame::shell(state, staff, headers, title).await
}

async fn page(
    state: &State,
    staff: &Staff,
    headers: &HeaderMap,
    handle: &str,
    form: Form,
) -> Result<Response, Problem> {
    let person = staff.person(state, handle)?;
    let now = state.now();
    let basics = protection::open(&state.app, staff.caller(), &person, now).await?;
    let status = form.status();
    let href = staff.address(state, &person);
    let action = blocks_of(&href);
    let (standing, lifted): (Vec<_>, Vec<_>) =
        basics.blocks.iter().partition(|block| block.stands(now));
    let line = |block: &&ProtectionBlock| line(block, &action);
    let in_force = basics.person.protection.as_ref().filter(|it| it.in_force(now.date()));
    let page = BlocksPage {
        shell: shell(state, staff, headers, "事業所の閲覧を止める").await?,
        person: href,
        name: basics.person.name.clone(),
        protection: in_force.map(|it| (it.from, it.until)),
        standing: standing.iter().map(line).collect(),
        lifted: lifted.iter().rev().map(line).collect(),
        form,
        offices: offices(&basics, now),
        reasons: reasons(),
        action: action.clone(),
    };
    Ok(Rendered::with_status(status, page).into_response())
}

fn line(block: &ProtectionBlock, action: &str) -> BlockLine {
    BlockLine {
        office: office_name(block),
        number: block.provider.to_string(),
        reason: block.reason.japanese(),
        note: block.note.expose().to_owned(),
        blocked_at: block.blocked_at,
        lifted_at: block.lifted_at,
        lift: format!("{action}/{}/lift", block.id),
    }
}

fn office_name(block: &ProtectionBlock) -> String {
    block.provider_name.clone().unwrap_or_else(|| format!("事業所 {}", block.provider))
}

/// Offices in charge that are not blocked, by name, and any other one.
fn offices(basics: &Basics, now: AtMs) -> Vec<Choice> {
    let blocked = |number: &ProviderNumber| {
        basics.blocks.iter().any(|block| block.provider == *number && block.stands(now))
    };
    let open = basics
        .assignments
        .iter()
        .filter(|it| it.ended_at.is_none_or(|ended| now < ended) && !blocked(&it.provider))
        .map(|it| {
            let name = basics.provider_names.get(&it.provider);
            (name.cloned().unwrap_or_default(), it.provider.to_string())
        });
    let mut open: Vec<(String, String)> = open.collect();
    open.sort();
    open.dedup();
    let mut choices: Vec<Choice> =
        open.into_iter().map(|(name, number)| Choice::new(number, name)).collect();
    choices.push(Choice::new(OTHER, "ほかの事業所").with_hint("下に事業所番号を入力します"));
    choices
}

fn reasons() -> Vec<Choice> {
    let choice = |reason: &BlockReason| Choice::new(reason.word(), reason.japanese());
    BlockReason::ALL.iter().map(choice).collect()
}

pub(super) async fn block(
    Extract(state): Extract<State>,
    Path(handle): Path<String>,
    headers: HeaderMap,
    Posted { by, fields }: Posted<MunicipalStaff>,
) -> Result<Response, Refusal> {
    let staff = &by.0;
    let person = staff.person(&state, &handle).map_err(Refusal::Problem)?;
    let errors = match draft(&fields) {
        Ok(draft) => {
            let caller = staff.caller();
            match protection::block(&state.app, caller, &person, draft, state.now()).await {
                Ok(_) => {
                    let href = blocks_of(&staff.address(&state, &person));
                    return Ok(flash::done(&href, Done::OfficeBlocked));
                }
                Err(AppError::Invalid(errors)) => {
                    errors.into_iter().map(FieldError::from).collect()
                }
                Err(AppError::Conflict) => vec![FieldError::new("provider", "block-stands")],
                Err(error) => return Err(error.into()),
            }
        }
        Err(errors) => errors,
    };
    let form = fields.form(AGAIN).with_errors(errors);
    page(&state, staff, &headers, &handle, form).await.map_err(Refusal::Problem)
}

fn draft(fields: &Fields) -> Result<Draft, Vec<FieldError>> {
    let mut wrong = Wrong::new();
    let (field, number) = match fields.get("provider") {
        OTHER => ("number", fields.get("number").replace([' ', '-'], "")),
        chosen => ("provider", chosen.to_owned()),
    };
    let rule = if field == "number" { "provider-number" } else { "choose" };
    let provider = wrong.take(field, rule, ProviderNumber::parse(&number).ok());
    let reason = wrong.take("reason", "choose", BlockReason::from_word(fields.get("reason")));
    let note = fields.get("note").to_owned();
    match (provider, reason) {
        (Some(provider), Some(reason)) => Ok(Draft { provider, reason, note }),
        _ => Err(wrong.into_errors()),
    }
}

pub(super) async fn show_lift(
    Extract(state): Extract<State>,
    staff: MunicipalStaff,
    headers: HeaderMap,
    Path((handle, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    lift_page(&state, &staff.0, &headers, (&handle, &id), Form::new()).await
}

async fn lift_page(
    state: &State,
    staff: &Staff,
    headers: &HeaderMap,
    (handle, id): (&str, &str),
    form: Form,
) -> Result<Response, Problem> {
    let person = staff.person(state, handle)?;
    let now = state.now();
    let basics = protection::open(&state.app, staff.caller(), &person, now).await?;
    let block = basics.blocks.iter().find(|block| block.id == id && block.stands(now));
    let block = block.ok_or_else(|| Problem::new(Code::NotFound))?;
    let action = blocks_of(&staff.address(state, &person));
    let shell = shell(state, staff, headers, "止めるのをやめる").await?;
    let (name, office) = (basics.person.name.kanji.expose(), office_name(block));
    Ok(FormPage {
        intro: vec![
            format!("{office} が、{name} さんの情報をまた見られるようにしますか。"),
            "担当の登録と同意があり、サービスが続いていれば、すぐに見られるようになります。"
                .to_owned(),
        ],
        warning: "居所が知られても安全であることを、ご本人に確かめてからにしてください。"
            .to_owned(),
        fields: vec![
            Field::new("note", "やめる理由", FieldKind::Area)
                .hint("あとから見た職員が分かるように書きます。"),
        ],
        action: format!("{action}/{id}/lift"),
        button: "また見られるようにする".to_owned(),
        danger: true,
        back: Some(Link::new("やめずにもどる", action)),
        ..FormPage::new(shell, form)
    }
    .into_response())
}

pub(super) async fn lift(
    Extract(state): Extract<State>,
    Path((handle, id)): Path<(String, String)>,
    headers: HeaderMap,
    Posted { by, fields }: Posted<MunicipalStaff>,
) -> Result<Response, Refusal> {
    let staff = &by.0;
    let person = staff.person(&state, &handle).map_err(Refusal::Problem)?;
    let (note, now) = (fields.get("note"), state.now());
    match protection::lift(&state.app, staff.caller(), &person, &id, note, now).await {
        Ok(()) => {
            let href = blocks_of(&staff.address(&state, &person));
            Ok(flash::done(&href, Done::OfficeUnblocked))
        }
        Err(AppError::Invalid(errors)) => {
            let errors = errors.into_iter().map(FieldError::from).collect();
            let form = fields.form(&["note"]).with_errors(errors);
            let page = lift_page(&state, staff, &headers, (&handle, &id), form).await;
            page.map_err(Refusal::Problem)
        }
        Err(error) => Err(error.into()),
    }
}
