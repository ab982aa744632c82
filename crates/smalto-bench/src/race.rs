//! The race: everyone does the same work in turns, and is timed.

use crate::agreement::{self, Agreement, Disagreement};
use std::fmt::Write;
use std::time::{Duration, Instant};

/// Contenders whose results are known to agree.
pub(crate) struct Race {
    /// Smalto, one a target.
    pub(crate) ours: Vec<Entrant>,
    /// One a peer.
    pub(crate) peers: Vec<Entrant>,
    /// The runs that make up one result: 8, if a run draws every 8th row of a picture.
    pub(crate) runs_per_result: f64,
}

/// One who takes part in a race.
pub(crate) struct Entrant {
    /// Runs that many times; how long it took.
    run: Box<dyn FnMut(u32) -> Duration>,
    /// Parts, such as operations, of a run, if their time is wanted and they are more or fewer
    /// than another's.
    parts: f64,
    /// What to say about it beside its time.
    note: String,
}

/// How often and how long contenders are timed.
pub(crate) struct Pace {
    /// The least time of a turn, so that reading the clock costs nothing beside it. Runs that are
    /// shorter follow one that is not timed, which fetches what the others' turns have displaced
    /// from the caches, and wakes threads that have slept meanwhile.
    turn: Duration,
    /// The rounds go on for that long ...
    time: Duration,
    /// ... but are at least and at most so many ...
    rounds: std::ops::RangeInclusive<usize>,
    /// ... or only [`FEW`], if that takes longer than this.
    patience: Duration,
}

/// Rounds that a median takes.
const FEW: usize = 3;
/// A run that took that many turns would take one at least if it was not the first.
const COLD: u32 = 10;

impl Pace {
    /// What results are published from.
    pub(crate) const FULL: Pace = Pace {
        turn: Duration::from_millis(10),
        time: Duration::from_secs(3),
        rounds: 7..=99,
        patience: Duration::from_secs(20),
    };

    /// A first impression.
    pub(crate) const QUICK: Pace = Pace {
        turn: Duration::from_millis(10),
        time: Duration::from_millis(300),
        rounds: FEW..=15,
        patience: Duration::from_secs(20),
    };

    /// Whether it is enough after `rounds` rounds, which took `time`.
    fn is_enough(&self, rounds: usize, time: Duration) -> bool {
        let least = *self.rounds.start();
        (rounds >= least && time >= self.time)
            || (rounds >= FEW.min(least) && time >= self.patience)
    }
}

/// Times in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Timing {
    /// The median.
    pub(crate) median: f64,
    /// The smallest.
    pub(crate) least: f64,
    /// The largest.
    pub(crate) most: f64,
}

/// How an entrant did.
pub(crate) struct Placed {
    pub(crate) timing: Timing,
    pub(crate) note: String,
}

/// Fills a slice with values.
pub(crate) type Fill<T> = dyn FnMut(&mut [T]);

/// One who fills a slice, before it is known that the values are right.
pub(crate) struct Contender<T> {
    /// Who it is, in errors.
    pub(crate) name: String,
    /// What it does.
    pub(crate) fill: Box<Fill<T>>,
    /// How many values.
    pub(crate) len: usize,
    /// What to say about it beside its time.
    pub(crate) note: String,
}

impl Entrant {
    /// One who does `run`. What it gives is dropped on its own time.
    pub(crate) fn new<R>(mut run: impl FnMut() -> R + 'static) -> Entrant {
        Entrant::of(move |runs| {
            let started = Instant::now();
            for _ in 0..runs {
                drop(std::hint::black_box(run()));
            }
            started.elapsed()
        })
    }

    /// One whose `run` says how long it took, because not all it does is to be timed.
    pub(crate) fn timed(mut run: impl FnMut() -> Duration + 'static) -> Entrant {
        Entrant::of(move |runs| (0..runs).map(|_| run()).sum())
    }

    fn of(run: impl FnMut(u32) -> Duration + 'static) -> Entrant {
        Entrant {
            run: Box::new(run),
            parts: 1.0,
            note: String::new(),
        }
    }

    /// With the time of one of the `parts` of a run instead of that of all of it.
    pub(crate) fn per(self, parts: usize) -> Entrant {
        Entrant {
            parts: parts as f64,
            ..self
        }
    }

    /// With a word beside its time.
    pub(crate) fn note(mut self, note: String) -> Entrant {
        self.note = note;
        self
    }

    /// That word.
    pub(crate) fn into_note(self) -> String {
        self.note
    }
}

impl Race {
    /// The race between contenders whose results agree: ours in every bit, the peers'
    /// to within `tolerance`.
    ///
    /// # Errors
    /// If they do not.
    pub(crate) fn between<T>(
        ours: Vec<Contender<T>>,
        peers: Vec<Contender<T>>,
        tolerance: f64,
    ) -> anyhow::Result<Race>
    where
        T: Copy + Default + Into<f64> + 'static,
    {
        Race::between_by(agreement::check, ours, peers, tolerance)
    }

    /// The same with another way to compare a peer's results with ours.
    ///
    /// # Errors
    /// If results do not agree.
    pub(crate) fn between_by<T>(
        check: impl Fn([&str; 2], [&[T]; 2], f64) -> Result<Agreement, Disagreement>,
        mut ours: Vec<Contender<T>>,
        mut peers: Vec<Contender<T>>,
        tolerance: f64,
    ) -> anyhow::Result<Race>
    where
        T: Copy + Default + Into<f64> + 'static,
    {
        let results: Vec<Vec<T>> = ours.iter_mut().map(Contender::filled).collect();
        for (other, result) in ours.iter().zip(&results).skip(1) {
            let names = [&*ours[0].name, &*other.name];
            agreement::check(names, [&results[0], result], 0.0)?;
        }
        for peer in &mut peers {
            let result = peer.filled();
            let names = [&*ours[0].name, &*peer.name];
            let agreement = check(names, [&results[0], &result], tolerance)?;
            let separator = if peer.note.is_empty() { "" } else { "; " };
            write!(peer.note, "{separator}{agreement}").expect("a string takes any text");
        }
        Ok(Race {
            ours: ours.into_iter().map(Contender::entrant).collect(),
            peers: peers.into_iter().map(Contender::entrant).collect(),
            runs_per_result: 1.0,
        })
    }

    /// Lets everyone run: how ours and the peers did.
    pub(crate) fn run(self, pace: &Pace) -> (Vec<Placed>, Vec<Placed>) {
        let ours = self.ours.len();
        let entrants = self.ours.into_iter().chain(self.peers);
        let mut runners: Vec<Runner> = entrants
            .map(|entrant| Runner::warmed_up(entrant, pace.turn))
            .collect();
        let started = Instant::now();
        for round in 0..*pace.rounds.end() {
            if pace.is_enough(round, started.elapsed()) {
                break;
            }
            for runner in &mut runners {
                runner.take_turn();
            }
        }
        let mut placed: Vec<Placed> = runners
            .into_iter()
            .map(|runner| runner.placed(self.runs_per_result))
            .collect();
        let peers = placed.split_off(ours);
        (placed, peers)
    }
}

impl<T: Copy + Default + 'static> Contender<T> {
    fn filled(&mut self) -> Vec<T> {
        let mut values = vec![T::default(); self.len];
        (self.fill)(&mut values);
        values
    }

    fn entrant(mut self) -> Entrant {
        let mut values = vec![T::default(); self.len];
        let run = move || {
            (self.fill)(&mut values);
            std::hint::black_box(&mut values);
        };
        Entrant::new(run).note(self.note)
    }
}

/// An entrant on the track.
struct Runner {
    entrant: Entrant,
    runs_per_turn: u32,
    /// Seconds a run, one for each turn.
    times: Vec<f64>,
}

impl Runner {
    /// Doubles the runs of a turn until it takes `turn`. The first run is a cold one, and says
    /// nothing about that unless it took much longer.
    fn warmed_up(entrant: Entrant, turn: Duration) -> Runner {
        let mut runner = Runner {
            entrant,
            runs_per_turn: 1,
            times: Vec::new(),
        };
        if runner.time_turn() < COLD * turn {
            while runner.time_turn() < turn {
                runner.runs_per_turn *= 2;
            }
        }
        runner
    }

    fn take_turn(&mut self) {
        if self.runs_per_turn > 1 {
            (self.entrant.run)(1);
        }
        let time = self.time_turn();
        self.times
            .push(time.as_secs_f64() / f64::from(self.runs_per_turn));
    }

    fn time_turn(&mut self) -> Duration {
        (self.entrant.run)(self.runs_per_turn)
    }

    fn placed(self, runs_per_result: f64) -> Placed {
        Placed {
            timing: Timing::of(self.times).times(runs_per_result / self.entrant.parts),
            note: self.entrant.note,
        }
    }
}

impl Timing {
    /// Of at least one time.
    fn of(mut times: Vec<f64>) -> Timing {
        times.sort_by(f64::total_cmp);
        let last = times.len() - 1;
        Timing {
            median: (times[last / 2] + times[last.div_ceil(2)]) / 2.0,
            least: times[0],
            most: times[last],
        }
    }

    /// A figure that was found once.
    pub(crate) fn exactly(value: f64) -> Timing {
        Timing {
            median: value,
            least: value,
            most: value,
        }
    }

    /// All of it multiplied.
    pub(crate) fn times(self, factor: f64) -> Timing {
        Timing {
            median: self.median * factor,
            least: self.least * factor,
            most: self.most * factor,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;
    use std::rc::Rc;

    #[test]
    fn a_timing_is_the_median_between_the_extremes() {
        let check = |times: &[f64], median, least, most| {
            let timing = Timing::of(times.to_vec());
            assert_eq!(
                timing,
                Timing {
                    median,
                    least,
                    most
                },
                "{times:?}"
            );
        };
        check(&[3.0], 3.0, 3.0, 3.0);
        check(&[4.0, 1.0], 2.5, 1.0, 4.0);
        check(&[9.0, 1.0, 2.0], 2.0, 1.0, 9.0);
        check(&[9.0, 1.0, 2.0, 4.0], 3.0, 1.0, 9.0);
    }

    #[test]
    fn entrants_take_turns() {
        let log = Rc::new(RefCell::new(String::new()));
        let entrant = |letter: char| {
            let log = Rc::clone(&log);
            Entrant::new(move || log.borrow_mut().push(letter))
        };
        let race = Race {
            ours: vec![entrant('a'), entrant('b')],
            peers: vec![entrant('p')],
            runs_per_result: 1.0,
        };
        let pace = Pace {
            turn: Duration::ZERO,
            time: Duration::ZERO,
            rounds: 3..=5,
            patience: Duration::MAX,
        };
        let (ours, peers) = race.run(&pace);
        assert_eq!((ours.len(), peers.len()), (2, 1));
        assert_eq!(*log.borrow(), "abpabpabpabp", "a warm-up and three rounds");
    }

    #[test]
    fn times_are_those_of_a_whole_result() {
        let sleeper = || Entrant::new(|| std::thread::sleep(Duration::from_millis(2)));
        let race = Race {
            ours: vec![sleeper()],
            peers: vec![],
            runs_per_result: 8.0,
        };
        let (ours, _) = race.run(&Pace::QUICK);
        assert!(ours[0].timing.least >= 0.016, "{:?}", ours[0].timing);
    }

    #[test]
    fn who_times_himself_is_believed() {
        let race = Race {
            ours: vec![Entrant::timed(|| Duration::from_secs(60)).per(4)],
            peers: vec![],
            runs_per_result: 1.0,
        };
        let (ours, _) = race.run(&Pace::QUICK);
        assert_eq!(ours[0].timing, Timing::exactly(15.0));
    }

    #[test]
    fn rounds_end_when_enough_is_known() {
        let check = |rounds, seconds, expected| {
            let time = Duration::from_secs(seconds);
            assert_eq!(Pace::FULL.is_enough(rounds, time), expected, "{rounds}");
        };
        check(7, 3, true);
        check(7, 2, false);
        check(6, 4, false);
        check(3, 21, true);
        check(2, 21, false);
    }

    fn contender(name: &str, values: [f32; 2]) -> Contender<f32> {
        Contender {
            name: name.into(),
            fill: Box::new(move |out| out.copy_from_slice(&values)),
            len: 2,
            note: String::new(),
        }
    }

    #[test]
    fn who_disagrees_does_not_race() {
        let check = |ours: [f32; 2], peer: [f32; 2], tolerance, expected: Result<&str, &str>| {
            let ours = vec![contender("wide", [1.0, 2.0]), contender("narrow", ours)];
            let race = Race::between(ours, vec![contender("peer", peer)], tolerance);
            let found = race
                .map(|race| race.peers[0].note.clone())
                .map_err(|error| error.to_string());
            assert_eq!(found.as_deref().map_err(|error| &**error), expected);
        };
        check([1.0, 2.0], [1.0, 2.0], 0.0, Ok("same bits"));
        check([1.0, 2.0], [1.0, 2.5], 0.25, Ok("to 2e-1"));
        check(
            [1.0, 2.0],
            [1.0, 2.5],
            0.1,
            Err(
                "wide and peer disagree at point 1: 2 against 2.5, more than the 1e-1 that is allowed",
            ),
        );
        check(
            [1.0, 2.5],
            [1.0, 2.0],
            0.5,
            Err("wide and narrow disagree at point 1: 2 against 2.5, where not a bit may differ"),
        );
    }
}
