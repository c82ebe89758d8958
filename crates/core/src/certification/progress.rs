//! Where an application stands on a day: the step, who is waited for, and since when.

use jiff::civil::Date;

use super::CertificationProgress;
use crate::date::days_until;
use crate::provider::ProviderNumber;
use crate::words;

words! {
    /// Step of an application, in the order of the page (認定の進みぐあい).
    pub enum ProgressStep {
        /// Application filed.
        Filed = "filed", "申請";
        /// Survey at the person's place; runs beside the opinion.
        Survey = "survey", "調査";
        /// Opinion of the attending physician; runs beside the survey.
        Opinion = "opinion", "意見書";
        /// Computer screening.
        Screening = "screening", "一次判定";
        /// Review board.
        Board = "board", "審査会";
        /// Decision and notice.
        Decision = "decision", "結果";
    }
}

words! {
    /// State of a step on a day.
    pub enum StepState {
        /// Done.
        Done = "done", "済み";
        /// Going on now.
        Current = "current", "いま";
        /// Not yet begun.
        Next = "next", "これから";
        /// Will not happen: the application ended before.
        Skipped = "skipped", "行いません";
    }
}

/// One step as the page draws it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineStep {
    /// Which step.
    pub step: ProgressStep,
    /// Its state.
    pub state: StepState,
    /// Day it was done.
    pub done_on: Option<Date>,
    /// Day it was asked for, while it goes on.
    pub since: Option<Date>,
    /// Day it is planned for, when known and not yet done.
    pub planned_on: Option<Date>,
}

/// Who has to act (いま待っている相手).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WaitingOn {
    /// Nobody: decided or ended.
    Nobody,
    /// The insurer: survey, screening, decision.
    Insurer,
    /// The medical institution that writes the opinion.
    Institution {
        /// Its number, when sent.
        number: Option<ProviderNumber>,
        /// Its name, when sent.
        name: Option<String>,
    },
    /// The review board.
    Board,
}

/// Somebody who is waited for, for what, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Who.
    pub on: WaitingOn,
    /// For which step.
    pub step: ProgressStep,
    /// Since this day.
    pub since: Date,
}

impl Waiting {
    /// Full days waited on `today`; the day of the request is day 0.
    pub fn days(&self, today: Date) -> i64 {
        days_until(self.since, today)
    }
}

impl CertificationProgress {
    /// The application has a decision, or ended without one, on `today`.
    pub fn is_closed(&self, today: Date) -> bool {
        self.ended.is_some_and(|end| end.on <= today)
            || self.done_on(ProgressStep::Decision, today).is_some()
    }

    /// The first step that is not done on `today`; `None` when the application is closed.
    pub fn current_step(&self, today: Date) -> Option<ProgressStep> {
        use crate::word::Word;
        if self.is_closed(today) {
            return None;
        }
        ProgressStep::ALL.iter().copied().find(|step| !self.is_past(*step, today))
    }

    /// Everybody who is waited for on `today`, the longest wait first.
    pub fn waiting(&self, today: Date) -> Vec<Waiting> {
        let Some(current) = self.current_step(today) else { return Vec::new() };
        let mut waiting: Vec<Waiting> = match current {
            ProgressStep::Filed | ProgressStep::Survey | ProgressStep::Opinion => {
                [ProgressStep::Survey, ProgressStep::Opinion]
                    .into_iter()
                    .filter(|step| !self.is_past(*step, today))
                    .map(|step| self.wait_for(step, today))
                    .collect()
            }
            step => vec![self.wait_for(step, today)],
        };
        waiting.sort_by_key(|wait| wait.since);
        waiting
    }

    /// Who is waited for longest on `today`.
    pub fn waiting_on(&self, today: Date) -> WaitingOn {
        self.waiting(today).into_iter().next().map_or(WaitingOn::Nobody, |wait| wait.on)
    }

    /// Full days of the longest wait on `today`; 0 when nobody is waited for.
    pub fn days_waiting(&self, today: Date) -> i64 {
        self.waiting(today).first().map_or(0, |wait| wait.days(today))
    }

    /// Every step with its state on `today`, for the page.
    pub fn timeline(&self, today: Date) -> Vec<TimelineStep> {
        use crate::word::Word;
        let waiting = self.waiting(today);
        let closed = self.is_closed(today);
        let draw = |step: ProgressStep| {
            let done_on = self.done_on(step, today);
            let wait = waiting.iter().find(|wait| wait.step == step);
            let state = match (self.is_past(step, today), wait, closed) {
                (true, _, _) => StepState::Done,
                (false, Some(_), _) => StepState::Current,
                (false, None, true) => StepState::Skipped,
                (false, None, false) => StepState::Next,
            };
            let open = state == StepState::Current || state == StepState::Next;
            TimelineStep {
                step,
                state,
                done_on,
                since: wait.map(|wait| wait.since),
                planned_on: self.planned_on(step).filter(|_| open),
            }
        };
        ProgressStep::ALL.iter().copied().map(draw).collect()
    }

    /// The step itself, or one that can only follow it, is done: files leave out single dates.
    fn is_past(&self, step: ProgressStep, today: Date) -> bool {
        let followers: &[ProgressStep] = match step {
            ProgressStep::Filed => return true,
            ProgressStep::Survey | ProgressStep::Opinion => {
                &[ProgressStep::Screening, ProgressStep::Board, ProgressStep::Decision]
            }
            ProgressStep::Screening => &[ProgressStep::Board, ProgressStep::Decision],
            ProgressStep::Board => &[ProgressStep::Decision],
            ProgressStep::Decision => &[],
        };
        let done = |step: &ProgressStep| self.done_on(*step, today).is_some();
        done(&step) || followers.iter().any(done)
    }

    /// Day a step was done, when that is not after `today`.
    fn done_on(&self, step: ProgressStep, today: Date) -> Option<Date> {
        let day = match step {
            ProgressStep::Filed => Some(self.filed_on),
            ProgressStep::Survey => self.survey.done_on,
            ProgressStep::Opinion => self.opinion.received_on,
            ProgressStep::Screening => self.screened_on,
            ProgressStep::Board => self.board.held_on,
            ProgressStep::Decision => self.decided_on,
        };
        day.filter(|day| *day <= today)
    }

    /// Day a step is planned for.
    fn planned_on(&self, step: ProgressStep) -> Option<Date> {
        match step {
            ProgressStep::Survey => self.survey.done_on,
            ProgressStep::Board => self.board.held_on.or(self.board.planned_on),
            ProgressStep::Decision => {
                self.decided_on.or(self.postponement.as_ref().map(|notice| notice.expected_by))
            }
            ProgressStep::Filed | ProgressStep::Opinion | ProgressStep::Screening => None,
        }
    }

    /// Who has to do `step`, and since when.
    fn wait_for(&self, step: ProgressStep, today: Date) -> Waiting {
        let asked = |day: Option<Date>| day.filter(|day| *day <= today);
        let last_done = |steps: &[ProgressStep]| {
            steps
                .iter()
                .filter_map(|step| self.done_on(*step, today))
                .max()
                .unwrap_or(self.filed_on)
        };
        let (on, since) = match step {
            ProgressStep::Opinion => match asked(self.opinion.requested_on) {
                // Nobody was asked yet: it is the insurer's turn.
                None => (WaitingOn::Insurer, self.filed_on),
                Some(requested_on) => (
                    WaitingOn::Institution {
                        number: self.opinion.institution.clone(),
                        name: self.opinion.institution_name.clone(),
                    },
                    requested_on,
                ),
            },
            ProgressStep::Filed | ProgressStep::Survey => {
                (WaitingOn::Insurer, asked(self.survey.requested_on).unwrap_or(self.filed_on))
            }
            ProgressStep::Screening => {
                (WaitingOn::Insurer, last_done(&[ProgressStep::Survey, ProgressStep::Opinion]))
            }
            ProgressStep::Board => (WaitingOn::Board, last_done(&[ProgressStep::Screening])),
            ProgressStep::Decision => (WaitingOn::Insurer, last_done(&[ProgressStep::Board])),
        };
        Waiting { on, step, since }
    }
}

#[cfg(test)]
#[path = "progress_tests.rs"]
mod tests;
