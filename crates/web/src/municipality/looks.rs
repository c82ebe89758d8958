//! `/municipality/looks`: how often which office looked.

use axum::extract::{Query, State as Extract};
use axum::response::IntoResponse;
use http::HeaderMap;
use serde::Deserialize;
use tasuki_app::statistics::{self, Count, LEAST, Looks};

use crate::page::filters::group;
use crate::page::municipality::{LooksLine, LooksPage};
use crate::page::persons::Filter;
use crate::page::{Rendered, paths};
use crate::problem::Problem;
use crate::server::State;
use crate::session::MunicipalStaff;
use crate::staff::frame::{self, Title};

/// Periods to choose from, in days, the usual one first.
const PERIODS: [(i64, &str); 4] = [(30, "30日"), (7, "7日"), (90, "90日"), (365, "1年")];

/// The period.
#[derive(Debug, Deserialize)]
pub(super) struct Ask {
    days: Option<i64>,
}

pub(super) async fn show(
    Extract(state): Extract<State>,
    staff: MunicipalStaff,
    headers: HeaderMap,
    Query(ask): Query<Ask>,
) -> Result<impl IntoResponse, Problem> {
    let title = Title {
        title: "閲覧の統計",
        nav: paths::LOOKS,
        help: &["どの事業所が、どのくらい見ているか確かめます。個人のことは出ません。"],
        ..Title::default()
    };
    let days = ask.days.unwrap_or(30);
    let shell = frame::shell(&state, &staff.0, &headers, title).await?;
    let looks = statistics::looks(&state.app, staff.0.caller(), days, state.now()).await?;
    let filter = |(period, label): &(i64, &str)| Filter {
        label: format!("この{label}"),
        count: 0,
        href: format!("{}?days={period}", paths::LOOKS),
        current: *period == days,
    };
    Ok(Rendered::new(LooksPage {
        shell,
        filters: PERIODS.iter().map(filter).collect(),
        lines: looks.into_iter().map(line).collect(),
    }))
}

fn line(looks: Looks) -> LooksLine {
    let number = looks.organisation.as_ref().map_or("", |organisation| organisation.number());
    let who = match (&looks.organisation, looks.name) {
        (_, Some(name)) => name,
        (None, None) => "ご本人・代理の方".to_owned(),
        (Some(tasuki_core::account::Organisation::Insurer(_)), None) => "市町村の職員".to_owned(),
        (Some(_), None) => number.to_owned(),
    };
    LooksLine {
        number: number.to_owned(),
        who,
        looks: said(looks.looks),
        persons: said(looks.persons),
    }
}

fn said(count: Count) -> String {
    match count {
        Count::Of(count) => group(count),
        Count::Few => format!("{LEAST}未満"),
    }
}
