//! The staff of an organisation (職員の一覧): who is there, who comes, and what their rows do.

use axum::extract::{Path, Query, State as Extract};
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use tasuki_app::account::{self, NewAccount};
use tasuki_core::account::AccountLevel;
use tasuki_core::word::Word;
use tasuki_core::words;
use tasuki_store::account::Member;

use super::member::{job, job_fields, level, levels};
use super::{Area, Ask, Desk, Manager};
use crate::fields::Fields;
use crate::flash::{self, Done};
use crate::hand_over;
use crate::page::plain::{Cell, Field, FieldKind, FormPage, ListPage, Row, RowPost};
use crate::page::{Form, Link, Rendered, Tone};
use crate::problem::{Code, Problem};
use crate::server::State;
use crate::session::{Posted, Refusal, Tried};

/// Most members of one list.
const MOST: u16 = 500;

words! {
    /// What a member's row does at once.
    pub(crate) enum Act {
        /// Ends what the account may do here.
        Stop = "stop", "止める";
        /// Takes a former member back.
        TakeBack = "take-back", "もう一度使えるようにする";
        /// Gives a new first password.
        Reset = "reset", "パスワードを作り直す";
        /// Lets a locked account try again.
        Unlock = "unlock", "ロックを解く";
    }
}

pub(crate) async fn list<M: Manager>(
    Extract(state): Extract<State>,
    by: M,
    headers: HeaderMap,
    Query(ask): Query<Ask>,
) -> Result<Response, Problem> {
    let desk = Desk::of(state, &by, headers, &ask.organisation)?;
    let members = account::list(&desk.state.app, desk.by(), &desk.organisation, "", MOST).await?;
    let mut actions = vec![Link::new("職員を加える", desk.address(Area::Members, "/new"))];
    if desk.by_operator {
        actions.push(Link::new("電子証明書", desk.address(Area::Certificates, "")));
    }
    let page = ListPage {
        shell: desk.list_shell(Area::Members).await?,
        intro: vec![
            "やめた職員は、その日のうちに止めてください。止めると、すぐに使えなくなります。"
                .to_owned(),
        ],
        actions,
        columns: vec!["名前とID", "職種と権限", "状態"],
        rows: members.iter().map(|member| row(&desk, member)).collect(),
        empty: ("職員はまだいません", "「職員を加える」から登録します。"),
        below: None,
    };
    Ok(Rendered::new(page).into_response())
}

fn row(desk: &Desk, member: &Member) -> Row {
    let place = &member.membership.membership;
    let job = match member.account.software {
        true => "接続用（ソフト）",
        false => place.job.japanese(),
    };
    let cells = vec![
        Cell::two(&member.account.name, &member.account.login),
        Cell::two(job, place.level.japanese()),
        state_cell(member),
    ];
    if !account::may_manage(desk.by(), &desk.organisation, place.level) {
        return Row { cells, ..Row::default() };
    }
    let id = &member.account.id;
    let acts: &[Act] = match is_active(member) {
        true => &[Act::Stop, Act::Reset, Act::Unlock],
        false => &[Act::TakeBack],
    };
    let post = |act: &Act| {
        let mut hidden = desk.hidden();
        hidden.push(("version", member.membership.version.to_string()));
        let action = desk.action(Area::Members, &format!("/{id}/{}", act.word()));
        RowPost { action, label: act.japanese().to_owned(), hidden }
    };
    let edit = Link::new("直す", desk.address(Area::Members, &format!("/{id}")));
    Row {
        cells,
        links: if is_active(member) { vec![edit] } else { Vec::new() },
        posts: acts.iter().map(post).collect(),
    }
}

fn is_active(member: &Member) -> bool {
    member.membership.active && member.account.active
}

fn state_cell(member: &Member) -> Cell {
    match (is_active(member), member.must_change, member.has_code || member.account.software) {
        (false, _, _) => Cell::badge(Tone::Plain, "停止中"),
        (true, true, _) => Cell::badge(Tone::Key, "最初のサインインを待っています"),
        (true, false, false) => Cell::badge(Tone::Warn, "確認コードがまだ"),
        (true, false, true) => Cell::badge(Tone::Good, "利用中"),
    }
}

pub(crate) async fn new<M: Manager>(
    Extract(state): Extract<State>,
    by: M,
    headers: HeaderMap,
    Query(ask): Query<Ask>,
) -> Result<Response, Problem> {
    let desk = Desk::of(state, &by, headers, &ask.organisation)?;
    page(&desk, Form::new()).await
}

async fn page(desk: &Desk, form: Form) -> Result<Response, Problem> {
    let mut fields = vec![
        Field::new("name", "名前", FieldKind::Text),
        Field::new("login", "ID", FieldKind::Text)
            .hint("英小文字・数字・記号（. _ - @）で3〜64文字。あとから変えられません。"),
        Field::new("mail", "メールアドレス", FieldKind::Text).optional(),
    ];
    fields.extend(job_fields(desk));
    if desk.by_operator {
        let label = "ソフトの接続用です（画面は使いません）";
        fields.push(Field::new("software", label, FieldKind::Tick));
    }
    let made: Vec<_> = levels(desk).map(AccountLevel::japanese).collect();
    let name = desk.name().await?;
    let page = FormPage {
        intro: vec![format!(
            "{name}の{}のアカウントを作ります。最初のパスワードは、次の画面に一度だけ出ます。",
            made.join("・"),
        )],
        fields,
        hidden: desk.hidden(),
        action: desk.action(Area::Members, "/new"),
        button: "アカウントを作る".to_owned(),
        back: Some(Link::new("やめる", desk.address(Area::Members, ""))),
        ..FormPage::new(desk.page_shell(Area::Members, "職員を加える").await?, form)
    };
    Ok(page.into_response())
}

pub(crate) async fn create<M: Manager>(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    Posted { by, fields }: Posted<M>,
) -> Result<Response, Refusal> {
    let desk = Desk::of(state, &by, headers, fields.get("organisation"))?;
    let errors = match try_create(&desk, &fields).await {
        Ok(done) => return Ok(done),
        Err(stop) => stop.faults()?,
    };
    let names = ["name", "login", "mail", "level", "job", "writes_care_plans", "software"];
    Ok(page(&desk, fields.form(&names).with_errors(errors)).await?)
}

async fn try_create(desk: &Desk, fields: &Fields) -> Tried {
    let mail = fields.get("mail");
    let new = NewAccount {
        organisation: desk.organisation.clone(),
        login: fields.get("login").to_owned(),
        name: fields.get("name").to_owned(),
        mail: (!mail.is_empty()).then(|| mail.to_owned()),
        level: level(desk, fields)?,
        job: job(desk, fields)?,
        writes_care_plans: fields.is_ticked("writes_care_plans"),
        software: desk.by_operator && fields.is_ticked("software"),
    };
    let made = account::create(&desk.state.app, desk.by(), &new, desk.state.now()).await?;
    let login = new.login.trim().to_lowercase();
    Ok(hand_over::password(&desk.state, &login, &made.password, back(desk)))
}

fn back(desk: &Desk) -> Link {
    Link::new("渡したので一覧へ", desk.address(Area::Members, ""))
}

/// What a row's button does.
pub(crate) async fn act<M: Manager>(
    Extract(state): Extract<State>,
    Path((id, act)): Path<(String, String)>,
    headers: HeaderMap,
    Posted { by, fields }: Posted<M>,
) -> Result<Response, Refusal> {
    let desk = Desk::of(state, &by, headers, fields.get("organisation"))?;
    let act = Act::from_word(&act).ok_or_else(|| Problem::new(Code::NotFound))?;
    let (app, here, now) = (&desk.state.app, &desk.organisation, desk.state.now());
    // The version that the list showed; a text that is no number is an old one.
    let version = fields.get("version").parse().unwrap_or(0);
    match act {
        Act::Stop => account::off_board(app, desk.by(), here, &id, version, now).await?,
        Act::TakeBack => account::take_back(app, desk.by(), here, &id, version, now).await?,
        Act::Unlock => account::unlock(app, desk.by(), here, &id, now).await?,
        Act::Reset => {
            let (account, _) = account::get(app, desk.by(), here, &id).await?;
            let password = account::reset(app, desk.by(), here, &id, now).await?;
            return Ok(hand_over::password(&desk.state, &account.login, &password, back(&desk)));
        }
    }
    Ok(flash::done(&desk.address(Area::Members, ""), Done::AccountChanged))
}
