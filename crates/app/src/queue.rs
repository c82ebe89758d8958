//! The insurer's queue (認定の進み具合): running applications, whose turn it is, how long already.

use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::civil::Date;
use tasuki_core::account::Organisation;
use tasuki_core::certification::PostponementDays;
use tasuki_core::certification::waiting::{RunningDays, Turn};
use tasuki_core::date::AtMs;
use tasuki_core::event::{Action, Event, Outcome, Purpose};
use tasuki_core::insured::InsuredPerson;
use tasuki_core::insurer::InsurerNumber;
use tasuki_core::provider::ProviderNumber;
use tasuki_policy::authorise_list;
use tasuki_store::Change;
use tasuki_store::certification::{self as rows, Running};

use crate::access::{self, Visitor};
use crate::caller::Staff;
use crate::{App, AppError};

/// Most running applications of one insurer that are read.
const MOST: u16 = 30_000;

/// How many persons are looked up at the same time.
const AT_ONCE: usize = 8;

/// Which applications are wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only those where it is this turn.
    pub turn: Option<Turn>,
    /// Only those beyond the day by which they are to be decided.
    pub overdue: bool,
}

/// One running application, without whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Day of the application.
    pub filed_on: Date,
    /// Whose turn it is.
    pub turn: Turn,
    /// Since when.
    pub since: Date,
    /// Full days since then.
    pub days: i64,
    /// Day by which it is to be decided: the law's thirty days, or the notice's.
    pub deadline: Date,
    /// Notice that the decision will be late, once it was given.
    pub postponement: Option<PostponementDays>,
    /// That day is over.
    pub overdue: bool,
}

/// One line of the queue.
#[derive(Debug, Clone)]
pub struct Line {
    /// Whose.
    pub person: InsuredPerson,
    /// Where it stands.
    pub standing: Standing,
    /// Institution that writes the opinion: its name, or its number when the name is not known.
    pub institution: Option<String>,
    /// Day the board will sit.
    pub board_planned_on: Option<Date>,
}

/// One page of the queue.
#[derive(Debug, Clone)]
pub struct Page {
    /// Lines of this page, oldest application first.
    pub lines: Vec<Line>,
    /// Applications that fit the filter.
    pub total: usize,
    /// How many there are of each turn, whatever the filter.
    pub turns: Vec<(Turn, usize)>,
    /// How many are overdue.
    pub overdue: usize,
}

/// The insurer a member of staff works for.
///
/// # Errors
///
/// [`AppError::Denied`] for staff of anything else.
pub(crate) fn insurer(staff: &Staff) -> Result<&InsurerNumber, AppError> {
    match &staff.organisation {
        Organisation::Insurer(number) => Ok(number),
        _ => Err(AppError::Denied),
    }
}

fn standing(running: &Running, today: Date) -> Standing {
    let days = RunningDays {
        filed_on: running.filed_on,
        survey_done_on: running.survey_done_on,
        opinion_asked_on: running.opinion_asked_on,
        opinion_received_on: running.opinion_received_on,
        board_planned_on: running.board_planned_on,
        board_held_on: running.board_held_on,
        postponement: running.postponement,
    };
    let (turn, since) = days.turn();
    Standing {
        filed_on: days.filed_on,
        turn,
        since,
        days: days.days_waiting(today),
        deadline: days.deadline(today),
        postponement: days.postponement.filter(|notice| notice.notified_on <= today),
        overdue: days.is_overdue(today),
    }
}

/// How many applications run in each turn, and how many are overdue.
pub(crate) fn counts<'a>(
    standings: impl Iterator<Item = &'a Standing>,
) -> (Vec<(Turn, usize)>, usize) {
    use tasuki_core::word::Word;
    let mut turns: Vec<(Turn, usize)> = Turn::ALL.iter().map(|turn| (*turn, 0)).collect();
    let mut overdue = 0;
    for standing in standings {
        overdue += usize::from(standing.overdue);
        if let Some((_, count)) = turns.iter_mut().find(|(turn, _)| *turn == standing.turn) {
            *count += 1;
        }
    }
    (turns, overdue)
}

/// Where every running application of the insurer stands, oldest first, without persons.
pub(crate) async fn standings(
    app: &App,
    insurer: &InsurerNumber,
    today: Date,
) -> Result<Vec<(Running, Standing)>, AppError> {
    let running = rows::queue(&app.db, insurer, MOST).await?;
    let stand = |running: Running| {
        let standing = standing(&running, today);
        (running, standing)
    };
    Ok(running.into_iter().map(stand).collect())
}

/// One page of the insurer's running applications, oldest first, after `skip` lines.
///
/// # Errors
///
/// [`AppError::Denied`] for anybody but the insurer's staff who may see persons.
pub async fn page(
    app: &App,
    staff: &Staff,
    filter: Filter,
    skip: usize,
    take: usize,
    now: AtMs,
) -> Result<Page, AppError> {
    let number = insurer(staff)?;
    let visitor = Visitor::staff(staff).ok_or(AppError::Denied)?;
    let grant =
        authorise_list(&app.sharing.load(), &visitor.reader, None).map_err(|_| AppError::Denied)?;
    drop(grant);
    let all = standings(app, number, now.date()).await?;
    let (turns, overdue) = counts(all.iter().map(|(_, standing)| standing));
    let fits = |(_, standing): &(Running, Standing)| {
        filter.turn.is_none_or(|turn| turn == standing.turn)
            && (!filter.overdue || standing.overdue)
    };
    let fitting: Vec<_> = all.into_iter().filter(fits).collect();
    let total = fitting.len();
    let wanted: Vec<_> = fitting.into_iter().skip(skip).take(take).collect();
    let event = Event {
        at: now,
        actor: visitor.actor.clone(),
        person: None,
        action: Action::List,
        purpose: Purpose::InsurerDuty,
        outcome: Outcome::Allowed,
        touched: vec![],
        note: Some(format!("queue={}", wanted.len())),
    };
    let recorded = app.db.commit(Change::event(event)).await?;
    let lines = stream::iter(wanted)
        .map(|(running, standing)| line(app, &visitor, running, standing, &recorded, now))
        .buffered(AT_ONCE);
    let lines = lines.try_filter_map(async |line| Ok(line)).try_collect().await?;
    Ok(Page { lines, total, turns, overdue })
}

async fn line(
    app: &App,
    visitor: &Visitor,
    running: Running,
    standing: Standing,
    recorded: &tasuki_store::Recorded,
    now: AtMs,
) -> Result<Option<Line>, AppError> {
    let examined = access::examine(app, visitor, &running.person, now).await?;
    let (Ok(grant), true) = (&examined.basics, examined.facts.exists()) else { return Ok(None) };
    let Some(basics) = examined.facts.basics(grant) else { return Ok(None) };
    let institution = match &running.opinion_provider {
        Some(number) => Some(name(app, number).await?),
        None => None,
    };
    Ok(Some(Line {
        person: basics.open(recorded).person,
        standing,
        institution,
        board_planned_on: running.board_planned_on,
    }))
}

async fn name(app: &App, number: &ProviderNumber) -> Result<String, AppError> {
    let known = tasuki_store::provider::get(&app.db, number).await?;
    Ok(known.map_or_else(|| number.to_string(), |known| known.provider.name))
}
