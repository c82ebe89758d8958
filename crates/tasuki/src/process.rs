//! This process as the system sees it (プロセスの状態), on Linux; elsewhere nothing is known.

/// Ticks of `/proc/*/stat` in a second; Linux has promised 100 to programs for decades.
const TICKS_PER_S: u64 = 100;

/// Processor time of this process so far, in milliseconds.
pub(crate) fn cpu_ms() -> u64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    stat(&text).map_or(0, |(_, ms)| ms)
}

/// Parent and processor time of a line of `/proc/*/stat`.
pub(crate) fn stat(text: &str) -> Option<(u32, u64)> {
    // The name in brackets may hold anything; what follows it does not.
    let (_, rest) = text.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split(' ').collect();
    let number = |place: usize| fields.get(place).and_then(|field| field.parse::<u64>().ok());
    let ticks = number(11)? + number(12)?;
    Some((u32::try_from(number(1)?).ok()?, ticks * 1_000 / TICKS_PER_S))
}

/// Resident memory, in bytes.
pub(crate) fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kib: u64 = field(&status, "VmRSS:")?.strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1_024)
}

/// Open files and sockets, and how many there may be.
pub(crate) fn files() -> Option<(u64, u64)> {
    let open = std::fs::read_dir("/proc/self/fd").ok()?.count();
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let most = field(&limits, "Max open files")?.split_whitespace().next()?.parse().ok()?;
    Some((u64::try_from(open).ok()?, most))
}

/// What follows `name` at the beginning of a line.
fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_read_whatever_its_name() {
        let line = "42 (a) (b c) S 7 42 42 0 -1 4194560 1 0 0 0 150 50 0 0 20 0 1 0 1 1";
        assert_eq!(stat(line), Some((7, 2_000)));
        assert_eq!(stat(""), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_system_tells_of_this_process() {
        assert!(resident_bytes().is_some_and(|bytes| bytes > 1 << 20));
        assert!(files().is_some_and(|(open, most)| 0 < open && open < most));
    }
}
