//! What the terminal shows of a transfer, and the reports of what is wrong.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use indicatif::{ProgressBar, ProgressStyle};
use tasuki_app::ingestion::Progress;
use tasuki_formats::municipal::{CsvReport, Finding, JsonReport, MANIFEST_NAME, Summary};

/// Listens to a transfer; clones share one terminal.
#[derive(Clone)]
pub(super) struct Screen(Arc<Mutex<Inner>>);

struct Inner {
    folder: PathBuf,
    bar: ProgressBar,
    /// Lines of the files before the one being taken.
    before: u64,
    /// Lines passed in the file being taken.
    in_file: u64,
    open: HashMap<String, Pair>,
    any: bool,
    failed: Option<io::Error>,
}

/// Both reports of one file.
struct Pair {
    json: JsonReport<BufWriter<File>>,
    csv: CsvReport<BufWriter<File>>,
}

impl Pair {
    fn create(folder: &Path, name: &str) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let create = |ending| {
            let path = folder.join(format!("{name}.report.{ending}"));
            File::create(path).map(BufWriter::new)
        };
        let json = JsonReport::new(create("json")?, name)?;
        Ok(Self { json, csv: CsvReport::new(create("csv")?)? })
    }

    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.json.finding(finding)?;
        self.csv.finding(finding)
    }

    fn finish(self, summary: &Summary) -> io::Result<()> {
        self.json.finish(summary)?;
        self.csv.finish()?;
        Ok(())
    }
}

impl Screen {
    /// A screen whose reports go to `folder`.
    pub(super) fn new(folder: PathBuf) -> Self {
        let bar = ProgressBar::no_length();
        let style = "{bar:30} {percent:>3}% {pos}/{len} lines, {per_sec}, {eta} left  {msg}";
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        let open = HashMap::new();
        let (any, failed) = (false, None);
        let inner = Inner { folder, bar, before: 0, in_file: 0, open, any, failed };
        Self(Arc::new(Mutex::new(inner)))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows one step.
    pub(super) fn show(&self, progress: &Progress<'_>) {
        let mut inner = self.lock();
        if let Err(error) = inner.show(progress) {
            // A report that cannot be written must not stop the transfer; the end tells.
            inner.failed.get_or_insert(error);
        }
    }

    /// Ends the bar and every report that is still open.
    pub(super) fn finish(&self) -> anyhow::Result<()> {
        let mut inner = self.lock();
        inner.bar.finish_and_clear();
        let left = std::mem::take(&mut inner.open);
        for pair in left.into_values() {
            pair.finish(&Summary::default())?;
        }
        match inner.failed.take() {
            Some(error) => Err(anyhow::Error::from(error).context("a report cannot be written")),
            None => Ok(()),
        }
    }

    /// Where the reports are, when there are any.
    pub(super) fn reports(&self) -> Option<PathBuf> {
        let inner = self.lock();
        inner.any.then(|| inner.folder.clone())
    }
}

impl Inner {
    fn show(&mut self, progress: &Progress<'_>) -> io::Result<()> {
        match progress {
            Progress::Begins { lines } => self.bar.set_length(*lines),
            Progress::File { name, lines_done } => {
                self.before += self.in_file;
                self.in_file = *lines_done;
                self.bar.set_message((*name).to_owned());
            }
            Progress::Lines { lines_done, .. } => {
                self.in_file = *lines_done;
                self.bar.set_position(self.before + self.in_file);
            }
            Progress::Finding { name, finding } => {
                self.any = true;
                if !self.open.contains_key(*name) {
                    let pair = Pair::create(&self.folder, name)?;
                    self.open.insert((*name).to_owned(), pair);
                }
                if let Some(pair) = self.open.get_mut(*name) {
                    pair.finding(finding)?;
                }
            }
            Progress::FileEnds { file } => {
                // What is wrong with the transfer as a whole is told at its end.
                if file.name != MANIFEST_NAME
                    && let Some(pair) = self.open.remove(&file.name)
                {
                    pair.finish(&file.summary)?;
                }
            }
            Progress::Publishing => self.bar.set_message("publishing"),
        }
        Ok(())
    }
}
