//! Holds `docs/openapi.json` against what the executable says about itself.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::e2e;
use crate::workspace::Workspace;

const PAGE: &str = "docs/openapi.json";

/// Compares; says how to mend a difference.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    if !workspace.root.join(PAGE).exists() {
        println!("{PAGE} does not exist: nothing to compare");
        return Ok(());
    }
    let kept = workspace.read(PAGE)?;
    let tasuki = e2e::build(workspace)?;
    let output = Command::new(&tasuki).arg("openapi").output().context("tasuki openapi")?;
    if !output.status.success() {
        bail!("tasuki openapi: {}", String::from_utf8_lossy(&output.stderr));
    }
    match first_difference(&kept, &String::from_utf8(output.stdout)?) {
        None => Ok(()),
        Some(line) => {
            bail!("{PAGE}:{line} is out of date; write it anew: cargo run -- openapi > {PAGE}")
        }
    }
}

/// The first line, from 1, in which two texts differ.
fn first_difference(kept: &str, fresh: &str) -> Option<usize> {
    let (kept, fresh) = (kept.trim_end(), fresh.trim_end());
    if kept == fresh {
        return None;
    }
    let same = kept.lines().zip(fresh.lines()).take_while(|(a, b)| a == b).count();
    Some(same + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_told_by_its_line() {
        assert_eq!(first_difference("{\n}\n", "{\n}"), None);
        assert_eq!(first_difference("{\n  1\n}", "{\n  2\n}"), Some(2));
        assert_eq!(first_difference("{", "{\n}"), Some(2));
    }
}
