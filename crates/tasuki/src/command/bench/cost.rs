//! What a run costs: processor time, flushes to the disk, the time of one of them.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
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

/// Bytes that this process, and the children of `server`, have given to the disk so far.
pub(super) fn written_bytes(server: Option<u32>) -> u64 {
    let own = std::fs::read_to_string("/proc/self/io").unwrap_or_default();
    let others = server.into_iter().flat_map(children);
    let others = others.map(|(folder, _)| std::fs::read_to_string(folder.join("io")));
    written(&own) + others.map(|text| written(&text.unwrap_or_default())).sum::<u64>()
}

fn written(io: &str) -> u64 {
    let bytes = io.lines().find_map(|line| line.strip_prefix("write_bytes: "));
    bytes.and_then(|bytes| bytes.parse().ok()).unwrap_or(0)
}

/// Processor time of all processes whose parent is `server`.
fn children_ms(server: u32) -> u64 {
    children(server).map(|(_, ms)| ms).sum()
}

/// Processes whose parent is `server`: their folders in `/proc`, their processor milliseconds.
fn children(server: u32) -> impl Iterator<Item = (PathBuf, u64)> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(move |entry| {
        let text = std::fs::read_to_string(entry.path().join("stat")).ok()?;
        let (parent, ms) = stat(&text)?;
        (parent == server).then(|| (entry.path(), ms))
    })
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
    fn bytes_given_to_the_disk_are_found() {
        assert_eq!(written("rchar: 3\nwrite_bytes: 4096\ncancelled_write_bytes: 1\n"), 4_096);
        assert_eq!(written(""), 0);
    }

    #[test]
    fn commits_are_found_among_the_figures() {
        let text = "# TYPE tasuki_store_group_size summary\ntasuki_store_group_size_count 12\n";
        assert_eq!(commits(text), 12);
        assert_eq!(commits(""), 0);
    }
}
