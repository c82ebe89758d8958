//! Markdown: one title a page, and links that lead somewhere.

use super::{Finding, Repository};
use crate::source::SourceFile;

/// Each page has exactly one `#` title.
pub(super) fn titles(repository: &Repository) -> Vec<Finding> {
    let mut findings = Vec::new();
    for page in pages(repository) {
        let prose = prose(&page.text);
        let mut titles = prose.iter().filter(|(_, line)| line.starts_with("# "));
        if titles.next().is_none() {
            findings.push(Finding::new(page, 1, "a page has a title: `# …`"));
        }
        let more = titles.map(|(at, _)| Finding::new(page, *at, "a page has one title only"));
        findings.extend(more);
    }
    findings
}

/// Each link to a file of the repository finds it.
pub(super) fn links(repository: &Repository) -> Vec<Finding> {
    let mut findings = Vec::new();
    for page in pages(repository) {
        for (at, line) in prose(&page.text) {
            for target in targets(&line) {
                let exists =
                    resolve(&page.path, &target).is_some_and(|path| has(repository, &path));
                if !exists {
                    findings.push(Finding::new(page, at, format!("no such file: {target}")));
                }
            }
        }
    }
    findings
}

fn pages(repository: &Repository) -> impl Iterator<Item = &SourceFile> {
    repository.files.iter().filter(|file| file.path.ends_with(".md"))
}

/// Lines (from 1) outside fenced code, without what stands in backticks.
fn prose(text: &str) -> Vec<(usize, String)> {
    let mut fenced = false;
    let mut lines = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            lines.push((at + 1, line.split('`').step_by(2).collect::<Vec<_>>().join("`")));
        }
    }
    lines
}

/// Where the links and pictures of a line lead, addresses on the web and anchors left out.
fn targets(line: &str) -> Vec<String> {
    let inside = line.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
    let path = inside.filter_map(|target| target.split('#').next());
    let ours = path.filter(|path| !path.is_empty() && !path.contains("://"));
    ours.filter(|path| !path.starts_with("mailto:")).map(str::to_owned).collect()
}

/// The path from the root of what `page` calls `target`; none when it leaves the repository.
fn resolve(page: &str, target: &str) -> Option<String> {
    let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

fn has(repository: &Repository, path: &str) -> bool {
    let folder = format!("{path}/");
    repository.paths.iter().any(|file| *file == path || file.starts_with(&folder))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::check;

    #[test]
    fn a_page_without_a_title_or_with_two_is_found() {
        check(titles, "docs/a.md", "# A\n\n```sh\n# not a title\n```\n", &[]);
        check(titles, "docs/a.md", "## A\n", &[1]);
        check(titles, "docs/a.md", "# A\n\n# B\n", &[3]);
    }

    #[test]
    fn a_link_that_leads_nowhere_is_found() {
        check(links, "docs/a.md", "# A\n[a](a.md#x) [b](#y) [c](https://example.org/z)\n", &[]);
        check(links, "docs/a.md", "# A\n\n![b](pictures/b.png)\n", &[3]);
        check(links, "docs/a.md", "[up](../../outside.md) `[code](no.md)`\n", &[1]);
    }

    #[test]
    fn a_link_may_lead_to_a_folder_or_up() {
        let files = [("docs/a.md", "[root](../README.md) [folder](rules/)"), ("README.md", "")];
        let rules = [("docs/rules/b.md", "")];
        let repository = Repository::sample(&[&files[..], &rules[..]].concat());
        assert_eq!(links(&repository), []);
    }
}
