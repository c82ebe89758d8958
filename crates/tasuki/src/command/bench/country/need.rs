//! What an installation of the country's size needs, worked out from what its parts cost here.

use serde::Serialize;

use super::peak::{HOUR_S, INSURED, INSURERS, LOOKS_A_DAY, LOOKS_PER_S, PROGRESS_A_DAY};
use super::{Came, Ground, Spent, count, ratio};

/// What one look, one line and one person cost, each measured alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub(super) struct Costs {
    pub(super) look_cpu_ms: f64,
    pub(super) look_written_bytes: f64,
    /// What its event takes in the database.
    pub(super) look_stored_bytes: f64,
    /// Its answer with the head.
    pub(super) look_answer_bytes: f64,
    pub(super) line_cpu_ms: f64,
    pub(super) line_written_bytes: f64,
    /// On the way here.
    pub(super) line_bytes: f64,
    /// Lines of a day, for each insured person.
    pub(super) lines_of_a_person: f64,
    pub(super) person_stored_bytes: f64,
}

impl Costs {
    /// From the looks and the transfer that ran alone.
    pub(super) fn of(ground: &Ground, looks: (&Came, Spent), lines: (&Came, Spent)) -> Self {
        let number = u64::try_from(looks.0.looks.answers()).unwrap_or(u64::MAX);
        let look = |what: u64| ratio(what, number);
        let line = |what: u64| ratio(what, lines.0.lines());
        Self {
            look_cpu_ms: look(looks.1.cpu_ms),
            look_written_bytes: look(looks.1.written_bytes),
            look_stored_bytes: look(looks.1.stored_bytes),
            look_answer_bytes: count(ground.answer_bytes),
            line_cpu_ms: line(lines.1.cpu_ms),
            line_written_bytes: line(lines.1.written_bytes),
            line_bytes: line(lines.0.sent.iter().map(|sent| sent.bytes).sum()),
            lines_of_a_person: ratio(lines.0.lines(), ground.persons_of_each),
            person_stored_bytes: ground.person_stored_bytes,
        }
    }
}

/// What the country needs in its peak hour.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Needs {
    /// Lines of the hour: those of the day, changes of progress as many as published.
    pub(super) lines: f64,
    pub(super) cores_busy: f64,
    /// So many, that the peak hour keeps half of them busy.
    pub(super) cores: f64,
    pub(super) disk_written_mb_per_s: f64,
    pub(super) papers_tb: f64,
    pub(super) log_tb_a_year: f64,
    pub(super) network_out_mbit_per_s: f64,
    pub(super) network_in_mbit_per_s: f64,
    /// How each figure came about, one sentence each.
    pub(super) arithmetic: Vec<String>,
}

/// Years for which the log is kept.
const YEARS: f64 = 30.0;

impl Needs {
    /// `progress_lines`: changes of progress among the lines of the towns, for the whole country.
    pub(super) fn of(costs: &Costs, progress_lines: f64) -> Self {
        let more_progress = (PROGRESS_A_DAY - progress_lines).max(0.0);
        let lines = INSURED * costs.lines_of_a_person + more_progress;
        let lines_per_s = lines / HOUR_S;
        let busy_looks = LOOKS_PER_S * costs.look_cpu_ms / 1_000.0;
        let busy_lines = lines_per_s * costs.line_cpu_ms / 1_000.0;
        let written =
            LOOKS_PER_S * costs.look_written_bytes + lines_per_s * costs.line_written_bytes;
        let mut needs = Self {
            lines,
            cores_busy: busy_looks + busy_lines,
            cores: (2.0 * (busy_looks + busy_lines)).ceil(),
            disk_written_mb_per_s: written / 1e6,
            papers_tb: INSURED * costs.person_stored_bytes / 1e12,
            log_tb_a_year: LOOKS_A_DAY * 365.0 * costs.look_stored_bytes / 1e12,
            network_out_mbit_per_s: LOOKS_PER_S * costs.look_answer_bytes * 8.0 / 1e6,
            network_in_mbit_per_s: lines_per_s * costs.line_bytes * 8.0 / 1e6,
            arithmetic: vec![],
        };
        needs.arithmetic = vec![
            needs.said_lines(costs, progress_lines),
            needs.said_cores(costs, (busy_looks, busy_lines)),
            needs.said_disk(costs),
            needs.said_network(costs),
        ];
        needs
    }

    fn said_lines(&self, costs: &Costs, progress_lines: f64) -> String {
        format!(
            "lines: {INSURED:.0} persons x {:.4} = {:.0} of {INSURERS} municipalities, {:.0} of them \
             changes of progress (published: {PROGRESS_A_DAY:.0} a day, the larger counts): {:.0} in \
             the hour",
            costs.lines_of_a_person,
            INSURED * costs.lines_of_a_person,
            progress_lines,
            self.lines,
        )
    }

    fn said_cores(&self, costs: &Costs, (looks, lines): (f64, f64)) -> String {
        format!(
            "cores: {LOOKS_PER_S:.0} looks/s x {:.3} ms = {looks:.2}, {:.0} lines/s x {:.3} ms = \
             {lines:.2}, together {:.2}; half busy: {:.0}",
            costs.look_cpu_ms,
            self.lines / HOUR_S,
            costs.line_cpu_ms,
            self.cores_busy,
            self.cores,
        )
    }

    fn said_disk(&self, costs: &Costs) -> String {
        format!(
            "disk: {INSURED:.0} persons x {:.0} bytes = {:.2} TB of papers; {LOOKS_A_DAY:.0} looks a \
             day x 365 x {:.0} bytes = {:.2} TB of log a year, {:.0} TB in {YEARS:.0} years; \
             {LOOKS_PER_S:.0} x {:.0} + {:.0} x {:.0} bytes = {:.1} MB/s written",
            costs.person_stored_bytes,
            self.papers_tb,
            costs.look_stored_bytes,
            self.log_tb_a_year,
            self.log_tb_a_year * YEARS,
            costs.look_written_bytes,
            self.lines / HOUR_S,
            costs.line_written_bytes,
            self.disk_written_mb_per_s,
        )
    }

    fn said_network(&self, costs: &Costs) -> String {
        format!(
            "network: out {LOOKS_PER_S:.0} x {:.0} bytes = {:.0} Mbit/s, in {:.0} x {:.0} bytes = \
             {:.2} Mbit/s",
            costs.look_answer_bytes,
            self.network_out_mbit_per_s,
            self.lines / HOUR_S,
            costs.line_bytes,
            self.network_in_mbit_per_s,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_country_needs_follows_from_what_the_parts_cost() {
        let costs = Costs {
            look_cpu_ms: 0.5,
            look_written_bytes: 10_000.0,
            look_stored_bytes: 500.0,
            look_answer_bytes: 8_000.0,
            line_cpu_ms: 0.1,
            line_written_bytes: 5_000.0,
            line_bytes: 450.0,
            lines_of_a_person: 0.02,
            person_stored_bytes: 5_000.0,
        };
        let needs = Needs::of(&costs, PROGRESS_A_DAY);
        let near = |found: f64, wanted: f64| assert!((found - wanted).abs() < 1e-6, "{found}");
        near(needs.lines, 720_000.0);
        near(needs.cores_busy, 0.77);
        near(needs.cores, 2.0);
        near(needs.disk_written_mb_per_s, 16.0);
        near(needs.papers_tb, 0.18);
        near(needs.log_tb_a_year, 3.65);
        near(needs.network_out_mbit_per_s, 96.0);
        near(needs.network_in_mbit_per_s, 0.72);
        let cores = "cores: 1500 looks/s x 0.500 ms = 0.75, 200 lines/s x 0.100 ms = 0.02, \
                     together 0.77; half busy: 2";
        assert!(needs.arithmetic.iter().any(|line| line == cores), "{:?}", needs.arithmetic);
    }

    #[test]
    fn no_fewer_changes_of_progress_count_than_are_published() {
        let costs = Costs { lines_of_a_person: 0.02, ..Costs::default() };
        let needs = Needs::of(&costs, PROGRESS_A_DAY - 1_000.0);
        assert!((needs.lines - 721_000.0).abs() < 1e-6);
    }
}
