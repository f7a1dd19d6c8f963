//! Standard output and standard error.

use std::io::{ErrorKind, IsTerminal, Write};
use std::time::{Duration, Instant};

use codespan_reporting::term::termcolor::{BufferedStandardStream, ColorChoice, ColorSpec, WriteColor};

use super::args::{Arguments, Color, MessageFormat};
use crate::diagnostic::{Bug, Diagnostic};
use crate::host::HostError;
use crate::render::{self, Counts, Finding, human};
use crate::source::Db;

/// Where a command says things.
pub(super) struct Terminal {
    err: BufferedStandardStream,
    quiet: bool,
    /// How much is shown of the steps of a command: 1 for each step, 2 for each file.
    verbosity: u8,
    /// Whether every diagnostic is shown by itself.
    shows_all: bool,
    /// What programs are told at the end, if any listens.
    report: Option<Report>,
    /// Whether a line says what is being done.
    has_progress: bool,
}

/// What was found, for a program.
struct Report {
    format: MessageFormat,
    /// Where the project lies in its repository.
    prefix: String,
    found: Vec<Finding>,
}

impl Terminal {
    /// Colours as asked for; `auto` means on a terminal, without `NO_COLOR`.
    pub(super) fn new(arguments: &Arguments) -> Self {
        let choice = match arguments.color {
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
            Color::Auto if std::io::stderr().is_terminal() => ColorChoice::Auto,
            Color::Auto => ColorChoice::Never,
        };
        let format = arguments.message_format();
        let prefix = || crate::host::prefix(&arguments.directory);
        let report = (format != MessageFormat::Human).then(|| Report { format, prefix: prefix(), found: Vec::new() });
        let err = BufferedStandardStream::stderr(choice);
        Self {
            err,
            quiet: arguments.quiet,
            verbosity: arguments.verbose,
            shows_all: arguments.shows_all(),
            report,
            has_progress: false,
        }
    }

    /// Whether somebody wants to know more than what was found.
    pub(super) const fn is_verbose(&self) -> bool {
        self.verbosity > 0
    }

    /// A step of a command that took so long, for those who ask; the files that it was about where each is asked for.
    pub(super) fn step<'a>(
        &mut self,
        word: &str,
        text: &str,
        took: Duration,
        files: impl IntoIterator<Item = &'a str>,
    ) {
        if self.verbosity > 1 {
            for it in files {
                self.status(word, it);
            }
        }
        if self.verbosity > 0 {
            self.status(word, &format!("{text} in {:.3} s", took.as_secs_f64()));
        }
    }

    /// A line to a person, its first word set off to the right as cargo does.
    pub(super) fn status(&mut self, word: &str, text: &str) {
        if self.quiet {
            return;
        }
        // A closed terminal is no reason to fail.
        let _ = self
            .err
            .set_color(ColorSpec::new().set_bold(true).set_fg(Some(codespan_reporting::term::termcolor::Color::Green)));
        let _ = write!(self.err, "{word:>12}");
        let _ = self.err.reset();
        let _ = writeln!(self.err, " {}", human(text));
        let _ = self.err.flush();
    }

    /// What is being done, in a line that the next one takes: for who waits longer than half a second at a terminal.
    pub(super) fn progress(&mut self, word: &str, text: &str, began: Instant) {
        if self.quiet || !std::io::stderr().is_terminal() || began.elapsed() < Duration::from_millis(500) {
            return;
        }
        let _ = write!(self.err, "\r\u{1b}[K{word:>12} {}", human(text));
        let _ = self.err.flush();
        self.has_progress = true;
    }

    /// Takes that line away.
    pub(super) fn progress_done(&mut self) {
        if std::mem::take(&mut self.has_progress) {
            let _ = write!(self.err, "\r\u{1b}[K");
            let _ = self.err.flush();
        }
    }

    /// What is wrong with the surroundings.
    pub(super) fn error(&mut self, message: &str, help: Option<&str>) {
        let _ = self
            .err
            .set_color(ColorSpec::new().set_bold(true).set_fg(Some(codespan_reporting::term::termcolor::Color::Red)));
        let _ = write!(self.err, "error");
        let _ = self.err.reset();
        let _ = writeln!(self.err, ": {}", human(message));
        if let Some(help) = help {
            let _ = writeln!(self.err, "  = help: {}", human(help));
        }
        let _ = self.err.flush();
    }

    /// A broken invariant of fleetc: whoever sees it can only report it.
    pub(super) fn bug(&mut self, bug: &Bug) {
        let found = Finding::of_bug(bug);
        let _ = writeln!(self.err, "{}", found.text);
        let _ = self.err.flush();
        if let Some(report) = &mut self.report {
            report.found.push(found);
        }
    }

    /// Diagnostics, and how many there were.
    pub(super) fn diagnostics(&mut self, db: &dyn Db, found: &[Diagnostic]) -> Counts {
        let shown: Vec<Diagnostic> =
            if self.quiet { found.iter().filter(|it| it.is_error()).cloned().collect() } else { found.to_vec() };
        if let Some(report) = &mut self.report {
            report.found.extend(render::findings(db, &report.prefix, found));
        }
        let counts = render::print(db, &shown, self.shows_all, &mut self.err).unwrap_or_default();
        let _ = self.err.flush();
        counts
    }

    /// Whether a program is told of files that differ, and not a person.
    pub(super) fn tells_tree(&mut self, write: &[&str], remove: &[&str]) -> bool {
        let Some(report) = &mut self.report else { return false };
        let prefix = &report.prefix;
        let differing = write.iter().map(|it| Finding::of_tree(prefix, it, false));
        let extra = remove.iter().map(|it| Finding::of_tree(prefix, it, true));
        let found: Vec<Finding> = differing.chain(extra).collect();
        report.found.extend(found);
        true
    }

    /// Tells programs what was found; `is_whole` is false where the command could not run.
    pub(super) fn finish(self, is_whole: bool) -> Result<(), HostError> {
        let Some(Report { format, mut found, .. }) = self.report else { return Ok(()) };
        render::seal(&mut found);
        result(&match format {
            MessageFormat::Human => String::new(),
            MessageFormat::Json => render::json_lines(&found),
            MessageFormat::Github => render::github(&found),
            MessageFormat::Gitlab => render::gitlab(&found),
            MessageFormat::Sarif => render::sarif(&found, is_whole),
            MessageFormat::Junit => render::junit(&found, is_whole),
        })
    }

    /// "3 errors, 1 warning"
    pub(super) fn summary(counts: Counts) -> String {
        match (counts.errors, counts.warnings) {
            (errors, 0) => counted(errors, "error"),
            (0, warnings) => counted(warnings, "warning"),
            (errors, warnings) => format!("{}, {}", counted(errors, "error"), counted(warnings, "warning")),
        }
    }
}

/// "1 cluster", "2 clusters"
pub(super) fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// Prints a command's result for a person: nothing in it moves the cursor, turns the direction
/// of the text, or speaks to a CI system.
pub(super) fn answer(text: &str) -> Result<(), HostError> {
    result(&human(text))
}

/// Prints a command's result. A reader that has seen enough is no error.
pub(super) fn result(text: &str) -> Result<(), HostError> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(HostError { message: format!("the result cannot be written: {error}"), help: None })
        }
        _ => Ok(()),
    }
}
