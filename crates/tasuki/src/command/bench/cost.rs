//! What a run costs: processor time, flushes to the disk, the time of one of them.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use crate::process::{self, stat};

/// Flushes whose median is taken.
const FLUSHES: usize = 101;

/// Processor time in milliseconds of this process, and of the children of `server`.
pub(super) fn cpu_ms(server: Option<u32>) -> u64 {
    process::cpu_ms() + server.map_or(0, children_ms)
}

/// Processor time of the calling thread, in milliseconds: the load generator runs in one.
pub(super) fn thread_ms() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let ns = text.split(' ').next().and_then(|ns| ns.parse::<u64>().ok());
    ns.unwrap_or(0) / 1_000_000
}

/// Processor time of all processes whose parent is `server`.
fn children_ms(server: u32) -> u64 {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let stats = entries.filter_map(|entry| std::fs::read_to_string(entry.path().join("stat")).ok());
    let found = stats.filter_map(|text| stat(&text)).filter(|(parent, _)| *parent == server);
    found.map(|(_, ms)| ms).sum()
}

/// Median milliseconds of one small write with its flush, in the folder of the database.
pub(super) fn fsync_ms(folder: &Path) -> anyhow::Result<f64> {
    let path = folder.join(format!("tasuki-fsync-{}", uuid::Uuid::new_v4()));
    let mut file = File::create(&path)?;
    let mut times = Vec::with_capacity(FLUSHES);
    for _ in 0..FLUSHES {
        let begin = Instant::now();
        file.write_all(&[0; 4_096])?;
        file.sync_data()?;
        times.push(begin.elapsed().as_secs_f64() * 1_000.0);
    }
    std::fs::remove_file(path)?;
    times.sort_by(f64::total_cmp);
    Ok(times.get(FLUSHES / 2).copied().unwrap_or_default())
}

/// Commits that the figures in Prometheus' text format speak of: each flushes once.
pub(super) fn commits(figures: &str) -> u64 {
    let mut lines = figures.lines();
    let count = lines.find_map(|line| line.strip_prefix("tasuki_store_group_size_count "));
    count.and_then(|count| count.trim().parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commits_are_found_among_the_figures() {
        let text = "# TYPE tasuki_store_group_size summary\ntasuki_store_group_size_count 12\n";
        assert_eq!(commits(text), 12);
        assert_eq!(commits(""), 0);
    }
}
