//! Progress of long work, shown on a terminal.

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::io::IsTerminal;
use std::sync::mpsc;
use std::time::Duration;

/// Work shorter than this shows nothing.
const PATIENCE: Duration = Duration::from_millis(400);

const REDRAW: Duration = Duration::from_millis(100);

/// A line about work that goes on until this is dropped.
pub(crate) struct Progress {
    bar: ProgressBar,
    /// Its end tells the thread that waits to show the bar that there is no need.
    _working: Option<mpsc::Sender<()>>,
}

impl Progress {
    /// Work of unknown length.
    pub(crate) fn busy(what: String) -> Progress {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        Progress::show(bar.with_message(what), "{spinner} {msg} ({elapsed})")
    }

    /// Work on `total` things, such as rows.
    pub(crate) fn counting(total: u64, things: &'static str) -> Progress {
        let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::hidden());
        let template = "{bar:40} {percent}% of {msg}{left}";
        Progress::show(bar.with_message(things), template)
    }

    /// Work that shows nothing.
    pub(crate) fn hidden() -> Progress {
        Progress {
            bar: ProgressBar::hidden(),
            _working: None,
        }
    }

    fn show(bar: ProgressBar, template: &str) -> Progress {
        let style = ProgressStyle::with_template(template)
            .expect("the template is well formed")
            .with_key("left", time_left);
        bar.set_style(style);
        let (working, ended) = mpsc::channel();
        if std::io::stderr().is_terminal() {
            let shown = bar.clone();
            std::thread::spawn(move || {
                if ended.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
                    shown.set_draw_target(ProgressDrawTarget::stderr());
                    shown.enable_steady_tick(REDRAW);
                }
            });
        }
        Progress {
            bar,
            _working: Some(working),
        }
    }

    /// That many more are done.
    pub(crate) fn advance(&self, things: u64) {
        self.bar.inc(things);
    }
}

fn time_left(state: &ProgressState, to: &mut dyn std::fmt::Write) {
    // Before the first things are done there is nothing to judge by.
    if state.pos() > 0 {
        // A line on a terminal has no errors to report.
        let _ = write!(to, ", {} left", HumanDuration(state.eta()));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

impl smalto::shape::Progress for Progress {
    fn advance(&self, pixels: usize) {
        self.advance(pixels as u64);
    }
}
