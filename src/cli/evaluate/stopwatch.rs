//! Time that this thread had the processor: what others do on the machine does not count.

use std::time::{Duration, Instant};

/// Where Linux says how long this thread has run, in nanoseconds.
const RUN: &str = "/proc/thread-self/schedstat";

/// A watch that was started. Where the system does not tell processor time it is the clock on the wall.
pub(super) struct Stopwatch {
    wall: Instant,
    cpu: Option<u64>,
}

impl Stopwatch {
    /// Starts.
    pub(super) fn start() -> Self {
        Self { wall: Instant::now(), cpu: cpu() }
    }

    /// How long it has run.
    pub(super) fn read(&self) -> Duration {
        let cpu = self.cpu.zip(cpu()).map(|(from, to)| Duration::from_nanos(to.saturating_sub(from)));
        cpu.filter(|cpu| !cpu.is_zero()).unwrap_or_else(|| self.wall.elapsed())
    }
}

fn cpu() -> Option<u64> {
    std::fs::read_to_string(RUN).ok()?.split_whitespace().next()?.parse().ok()
}

/// How long each of many short things takes: the clock on the wall, since the processor's is too
/// coarse for microseconds. The median forgives what others do.
pub(super) fn median_us<T>(things: impl Iterator<Item = T>, mut each: impl FnMut(T)) -> f64 {
    let mut times: Vec<Duration> = things
        .map(|thing| {
            let began = Instant::now();
            each(thing);
            began.elapsed()
        })
        .collect();
    times.sort_unstable();
    times.get(times.len() / 2).map_or(0.0, |time| time.as_nanos() as f64 / 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_takes_time() {
        let watch = Stopwatch::start();
        let sum: u64 = (0..3_000_000_u64).fold(1, |sum, n| sum.wrapping_mul(31) ^ n);
        assert!(sum != 0 && watch.read() > Duration::ZERO);
        let mut seen = 0;
        assert!(median_us(0..5, |n| seen += n) >= 0.0 && seen == 10);
        assert!(median_us(std::iter::empty::<u8>(), |_| ()) < 1e-9);
    }
}
