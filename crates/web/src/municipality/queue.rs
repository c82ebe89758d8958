//! `/municipality/queue`: running applications, oldest first.

use axum::extract::{Query, State as Extract};
use axum::response::IntoResponse;
use http::HeaderMap;
use jiff::civil::Date;
use serde::Deserialize;
use tasuki_app::queue::{self, Line, Page};
use tasuki_core::certification::PostponementDays;
use tasuki_core::certification::waiting::Turn;
use tasuki_core::date::days_until;
use tasuki_core::word::Word;

use crate::page::municipality::{QueueLine, QueuePage};
use crate::page::persons::Filter;
use crate::page::{Pager, Rendered, Tone, paths};
use crate::problem::Problem;
use crate::server::State;
use crate::session::{MunicipalStaff, Staff};
use crate::staff::frame::{self, Title};

/// Applications of one page.
const PAGE: usize = 30;

/// Days before the day of the decision from which a line is marked.
const NEAR_DAYS: i64 = 5;

/// How the list is narrowed and turned.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Ask {
    #[serde(default)]
    turn: String,
    #[serde(default)]
    overdue: String,
    #[serde(default)]
    page: usize,
}

impl Ask {
    fn filter(&self) -> queue::Filter {
        queue::Filter { turn: Turn::from_word(&self.turn), overdue: self.overdue == "yes" }
    }
}

pub(super) async fn show(
    Extract(state): Extract<State>,
    staff: MunicipalStaff,
    headers: HeaderMap,
    Query(ask): Query<Ask>,
) -> Result<impl IntoResponse, Problem> {
    let title = Title {
        title: "認定の進み具合",
        nav: paths::PROGRESS,
        help: &[
            "動いている認定申請を、古いものから順に見ます。",
            "だれを、何日待っているか確かめます。",
            "期限（30日、または延期の通知の日）を過ぎたものだけにしぼります。",
        ],
        ..Title::default()
    };
    let shell = frame::shell(&state, &staff.0, &headers, title).await?;
    let (filter, skip) = (ask.filter(), ask.page.saturating_mul(PAGE));
    let page = queue::page(&state.app, staff.0.caller(), filter, skip, PAGE, state.now()).await?;
    Ok(Rendered::new(QueuePage {
        shell,
        filters: filters(&page, filter),
        pager: pager(&ask, filter, skip, &page),
        lines: page.lines.iter().map(|line| queue_line(&state, &staff.0, line)).collect(),
    }))
}

fn address(filter: queue::Filter, page: usize) -> String {
    let turn = filter.turn.map_or("", Turn::word);
    let overdue = if filter.overdue { "yes" } else { "" };
    format!("{}?turn={turn}&overdue={overdue}&page={page}", paths::PROGRESS)
}

fn filters(page: &Page, current: queue::Filter) -> Vec<Filter> {
    let all: usize = page.turns.iter().map(|(_, count)| count).sum();
    let filter = |label: &str, count, filter| Filter {
        label: label.to_owned(),
        count,
        href: address(filter, 0),
        current: filter == current,
    };
    let mut filters = vec![
        filter("すべて", all, queue::Filter::default()),
        filter("期限超過", page.overdue, queue::Filter { turn: None, overdue: true }),
    ];
    let turns = page.turns.iter().filter(|(turn, count)| *count > 0 || current.turn == Some(*turn));
    filters.extend(turns.map(|(turn, count)| {
        filter(turn.japanese(), *count, queue::Filter { turn: Some(*turn), overdue: false })
    }));
    filters
}

fn pager(ask: &Ask, filter: queue::Filter, skip: usize, page: &Page) -> Pager {
    if page.total <= PAGE {
        return Pager::default();
    }
    let last = skip.saturating_add(PAGE).min(page.total);
    Pager {
        range: format!("{}〜{last}件め（全{}件）", skip + 1, page.total),
        previous: ask.page.checked_sub(1).map(|page| address(filter, page)),
        next: (last < page.total).then(|| address(filter, ask.page + 1)),
    }
}

fn queue_line(state: &State, staff: &Staff, line: &Line) -> QueueLine {
    let standing = line.standing;
    let left = days_until(state.now().date(), standing.deadline);
    QueueLine {
        href: staff.address(state, &line.person.key),
        name: line.person.name.clone(),
        filed_on: standing.filed_on,
        turn: standing.turn.japanese(),
        whom: whom(line),
        days: standing.days,
        deadline: standing.deadline,
        postponed: standing
            .postponement
            .map_or_else(String::new, |notice| postponed(notice, standing.filed_on)),
        left,
        tone: match left {
            left if left < 0 => Tone::Bad,
            left if left <= NEAR_DAYS => Tone::Warn,
            _ => Tone::Plain,
        },
    }
}

fn postponed(notice: PostponementDays, filed_on: Date) -> String {
    let (on, by) = (notice.notified_on, notice.expected_by);
    match notice.is_in_time(filed_on) {
        true => format!("{}月{}日に延期を通知", on.month(), on.day()),
        false => format!("30日を過ぎて延期を通知（見込み {}月{}日）", by.month(), by.day()),
    }
}

fn whom(line: &Line) -> String {
    match line.standing.turn {
        Turn::Opinion => line.institution.clone().unwrap_or_else(|| "医療機関".to_owned()),
        Turn::Board => match line.board_planned_on {
            Some(on) => format!("審査会（{}月{}日の予定）", on.month(), on.day()),
            None => "審査会".to_owned(),
        },
        Turn::Survey | Turn::Screening | Turn::Decision => "この市町村".to_owned(),
    }
}
