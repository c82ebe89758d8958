//! `/operator/settings`: periods and limits; each version is kept.

use axum::extract::State as Extract;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use tasuki_app::{Settings, setting};

use crate::fields::Fields;
use crate::flash::{self, Done};
use crate::page::plain::{Field, FieldKind, FormPage};
use crate::page::{Form, Link, paths};
use crate::problem::{FieldError, Problem};
use crate::server::State;
use crate::session::{OperatorStaff, Posted, Refusal, Staff, Tried};
use crate::staff::frame::{self, Title};

/// Fields with their labels.
const FIELDS: [(&str, &str); 12] = [
    ("grace_months", "担当の登録から、はじめての請求までの猶予（月）"),
    ("lapse_months", "請求がなくなってから、閲覧が終わるまで（月）"),
    ("session_idle_minutes", "操作がないと、サインインが終わるまで（分）"),
    ("session_absolute_minutes", "サインインの長さの上限（分）"),
    ("access_token_minutes", "ソフト用アクセストークンの長さ（分）"),
    ("refresh_token_minutes", "ソフト用更新トークンの長さ（分）"),
    ("tries_until_lock", "パスワードやコードのまちがいの上限（回）"),
    ("lock_minutes", "まちがえたあと待つ時間（分）"),
    ("finds_per_ten_minutes", "10分間に、番号などでさがせる回数（回）"),
    ("found_minutes", "本人確認のあと、登録するまでの時間（分）"),
    ("emergency_hours", "緊急時の閲覧の長さ（時間）"),
    ("renewal_days", "認定の期限を知らせはじめる日数（日）"),
];

pub(super) async fn form(
    Extract(state): Extract<State>,
    staff: OperatorStaff,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let current = setting::periods(&state.app).await?;
    let values = values(&current.value);
    let form = FIELDS
        .iter()
        .zip(values)
        .fold(Form::new(), |form, ((name, _), value)| form.with(name, value.to_string()));
    page(&state, &staff.0, &headers, form, current.version).await
}

fn values(settings: &Settings) -> [i64; 12] {
    [
        i64::from(settings.continuity.grace_months),
        i64::from(settings.continuity.lapse_months),
        settings.session_idle_minutes,
        settings.session_absolute_minutes,
        settings.access_token_minutes,
        settings.refresh_token_minutes,
        settings.tries_until_lock,
        settings.lock_minutes,
        settings.finds_per_ten_minutes,
        settings.found_minutes,
        settings.emergency_hours,
        settings.renewal_days,
    ]
}

async fn page(
    state: &State,
    staff: &Staff,
    headers: &HeaderMap,
    form: Form,
    version: i64,
) -> Result<Response, Problem> {
    let title = Title {
        title: "設定",
        nav: paths::SETTINGS,
        help: &[
            "期間や回数の上限を変えます。変えた人と時は記録に残ります。",
            "共有の表を変えます。",
        ],
        ..Title::default()
    };
    let field =
        |(name, label): &(&'static str, &'static str)| Field::new(name, label, FieldKind::Digits);
    let now = match version {
        0 => "いまの設定は、はじめの値です。".to_owned(),
        version => format!("いまの設定は、第{version}版です。"),
    };
    let page = FormPage {
        intro: vec![now, "変えると、すべてのサーバーで数秒のうちに効きます。".to_owned()],
        fields: FIELDS.iter().map(field).collect(),
        hidden: vec![("version", version.to_string())],
        action: paths::SETTINGS.to_owned(),
        button: "保存する".to_owned(),
        back: Some(Link::new("共有の表を見る・変える", "/operator/tables")),
        ..FormPage::new(frame::shell(state, staff, headers, title).await?, form)
    };
    Ok(page.into_response())
}

pub(super) async fn save(
    Extract(state): Extract<State>,
    headers: HeaderMap,
    Posted { by, fields }: Posted<OperatorStaff>,
) -> Result<Response, Refusal> {
    let version = fields.get("version").parse().unwrap_or(0);
    let errors = match try_save(&state, &by.0, &fields, version).await {
        Ok(done) => return Ok(done),
        Err(stop) => stop.faults()?,
    };
    let form = fields.form(&FIELDS.map(|(name, _)| name)).with_errors(errors);
    Ok(page(&state, &by.0, &headers, form, version).await?)
}

async fn try_save(state: &State, staff: &Staff, fields: &Fields, version: i64) -> Tried {
    let settings = read(state, fields)?;
    setting::set_periods(&state.app, staff.caller(), &settings, version, state.now()).await?;
    Ok(flash::done(paths::SETTINGS, Done::SettingChanged))
}

fn read(state: &State, fields: &Fields) -> Result<Settings, Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut number = |name: &'static str| {
        fields.get(name).parse::<i64>().unwrap_or_else(|_| {
            errors.push(FieldError::new(name, "setting-range"));
            0
        })
    };
    let mut settings = Settings::clone(&state.app.settings);
    settings.continuity.grace_months = i32::try_from(number("grace_months")).unwrap_or(0);
    settings.continuity.lapse_months = i32::try_from(number("lapse_months")).unwrap_or(0);
    settings.session_idle_minutes = number("session_idle_minutes");
    settings.session_absolute_minutes = number("session_absolute_minutes");
    settings.access_token_minutes = number("access_token_minutes");
    settings.refresh_token_minutes = number("refresh_token_minutes");
    settings.tries_until_lock = number("tries_until_lock");
    settings.lock_minutes = number("lock_minutes");
    settings.finds_per_ten_minutes = number("finds_per_ten_minutes");
    settings.found_minutes = number("found_minutes");
    settings.emergency_hours = number("emergency_hours");
    settings.renewal_days = number("renewal_days");
    if errors.is_empty() { Ok(settings) } else { Err(errors) }
}
