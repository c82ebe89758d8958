//! Who a running application waits for, from its days alone: for the insurer's queue.

use jiff::civil::Date;

use super::deadline::{PostponementDays, deadline};
use crate::date::days_until;
use crate::words;

words! {
    /// Whose turn it is in a running application (いま待っている相手).
    pub enum Turn {
        /// The insurer has to survey or to ask for the opinion.
        Survey = "survey", "認定調査";
        /// The medical institution writes the opinion.
        Opinion = "opinion", "主治医意見書";
        /// The insurer has to bring the case before the board.
        Screening = "screening", "一次判定・審査会の準備";
        /// The review board.
        Board = "board", "介護認定審査会";
        /// The insurer has to decide and to write the notice.
        Decision = "decision", "認定の決定・通知";
    }
}

/// The days of a running application (認定申請の日付).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunningDays {
    /// Day of the application.
    pub filed_on: Date,
    /// Day the survey was done.
    pub survey_done_on: Option<Date>,
    /// Day the opinion was asked for.
    pub opinion_asked_on: Option<Date>,
    /// Day the opinion came.
    pub opinion_received_on: Option<Date>,
    /// Day the board will sit.
    pub board_planned_on: Option<Date>,
    /// Day the board sat.
    pub board_held_on: Option<Date>,
    /// Notice that the decision will be late.
    pub postponement: Option<PostponementDays>,
}

impl RunningDays {
    /// Whose turn it is, and since when; of survey and opinion, what is waited for longest.
    pub fn turn(&self) -> (Turn, Date) {
        if let Some(held_on) = self.board_held_on {
            return (Turn::Decision, held_on);
        }
        let survey = self.survey_done_on.is_none().then_some((Turn::Survey, self.filed_on));
        let opinion = match (self.opinion_received_on, self.opinion_asked_on) {
            (Some(_), _) => None,
            (None, Some(asked_on)) => Some((Turn::Opinion, asked_on)),
            // Nobody was asked yet: it is the insurer's turn, as with the survey.
            (None, None) => Some((Turn::Survey, self.filed_on)),
        };
        let open = [survey, opinion].into_iter().flatten().min_by_key(|(_, since)| *since);
        open.unwrap_or_else(|| {
            let complete = self.survey_done_on.max(self.opinion_received_on);
            let turn = if self.board_planned_on.is_some() { Turn::Board } else { Turn::Screening };
            (turn, complete.unwrap_or(self.filed_on))
        })
    }

    /// Full days that the one whose turn it is has been waited for on `today`.
    pub fn days_waiting(&self, today: Date) -> i64 {
        days_until(self.turn().1, today)
    }

    /// Day by which it is to be decided, as known on `today`; see [`deadline`].
    pub fn deadline(&self, today: Date) -> Date {
        deadline(self.filed_on, self.postponement, today)
    }

    /// That day is over on `today`.
    pub fn is_overdue(&self, today: Date) -> bool {
        self.deadline(today) < today
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn filed() -> RunningDays {
        RunningDays {
            filed_on: date(2026, 11, 2),
            survey_done_on: None,
            opinion_asked_on: None,
            opinion_received_on: None,
            board_planned_on: None,
            board_held_on: None,
            postponement: None,
        }
    }

    #[test]
    fn a_new_application_waits_for_the_survey() {
        assert_eq!(filed().turn(), (Turn::Survey, date(2026, 11, 2)));
        assert_eq!(filed().days_waiting(date(2026, 11, 12)), 10);
    }

    #[test]
    fn after_the_survey_the_doctor_is_waited_for_if_asked() {
        let days = RunningDays { survey_done_on: Some(date(2026, 11, 5)), ..filed() };
        assert_eq!(days.turn(), (Turn::Survey, date(2026, 11, 2)));
        let days = RunningDays { opinion_asked_on: Some(date(2026, 11, 4)), ..days };
        assert_eq!(days.turn(), (Turn::Opinion, date(2026, 11, 4)));
    }

    #[test]
    fn complete_papers_wait_for_the_board_once_its_day_is_known() {
        let days = RunningDays {
            survey_done_on: Some(date(2026, 11, 5)),
            opinion_received_on: Some(date(2026, 11, 9)),
            ..filed()
        };
        assert_eq!(days.turn(), (Turn::Screening, date(2026, 11, 9)));
        let days = RunningDays { board_planned_on: Some(date(2026, 11, 25)), ..days };
        assert_eq!(days.turn(), (Turn::Board, date(2026, 11, 9)));
        let days = RunningDays { board_held_on: Some(date(2026, 11, 25)), ..days };
        assert_eq!(days.turn(), (Turn::Decision, date(2026, 11, 25)));
    }

    #[test]
    fn a_running_application_is_overdue_after_thirty_days_or_after_its_postponement() {
        let late = date(2026, 12, 3);
        assert!(!filed().is_overdue(date(2026, 12, 2)));
        assert!(filed().is_overdue(late));
        let notified_on = date(2026, 12, 1);
        let notice = PostponementDays { notified_on, expected_by: date(2026, 12, 20) };
        let postponed = RunningDays { postponement: Some(notice), ..filed() };
        assert!(!postponed.is_overdue(late) && !postponed.is_overdue(date(2026, 12, 20)));
        assert!(postponed.is_overdue(date(2026, 12, 21)));
    }
}
