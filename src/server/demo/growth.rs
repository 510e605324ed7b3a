//! True lifetime totals of counters, as a formula of the day alone: the past stays the same as time advances,
//! and any day is equally cheap. Uses only the four basic operations, which give the same result on every
//! machine.

use super::random::Dice;
use crate::domain::Day;

/// Weekly pattern: how many days' worth the counter is ahead of a uniform week at the end of Monday to Sunday.
pub type Rhythm = [f64; 7];

/// Daily noise, as a fraction of the day's amount.
const NOISE: f64 = 0.05;

/// A periodic variation of the rate.
#[derive(Debug, Clone, Copy)]
pub struct Wave {
    /// Period in days.
    pub period: f64,
    /// Amplitude around 1; less than 1.
    pub height: f64,
    /// Phase shift in days.
    pub ahead: f64,
}

/// A lifetime counter.
#[derive(Debug, Clone, Copy)]
pub struct Growth {
    /// Source of all random properties of the counter.
    pub dice: Dice,
    /// The first counted day.
    pub released: Day,
    /// Initial daily amount from the release.
    pub launch: f64,
    /// Days until the initial amount has fallen to a quarter.
    pub fade: f64,
    /// Long-run daily amount.
    pub tail: f64,
    /// Multipliers of the long-run amount.
    pub waves: [Wave; 2],
    /// Weekly pattern.
    pub rhythm: &'static Rhythm,
}

impl Wave {
    /// Position within the period, 0 to 1.
    fn place(&self, day: Day) -> f64 {
        let periods = (f64::from(day.number()) + self.ahead) / self.period;
        periods - periods.floor()
    }

    /// The wave's value, -1 to 1: two parabolas that approximate a sine.
    pub fn swell(&self, day: Day) -> f64 {
        let x = self.place(day);
        if x < 0.5 { 16.0 * x * (0.5 - x) } else { -16.0 * (x - 0.5) * (1.0 - x) }
    }

    /// The integral of the rate's deviation from 1 since the period began, in days.
    fn gained(&self, day: Day) -> f64 {
        let x = self.place(day);
        let of_half = |x: f64| 16.0 * (x * x / 4.0 - x * x * x / 3.0);
        let whole = if x < 0.5 { of_half(x) } else { 1.0 / 3.0 - of_half(x - 0.5) };
        self.height * self.period * whole
    }
}

impl Growth {
    /// The true lifetime total at the end of the day.
    pub fn total(&self, day: Day) -> i64 {
        if day < self.released {
            return 0;
        }
        let age = f64::from(day - self.released + 1);
        let faded = 1.0 + age / self.fade;
        let (mut lived, mut swell) = (age, 1.0);
        for wave in &self.waves {
            lived += wave.gained(day) - wave.gained(self.released - 1);
            swell += wave.height * wave.swell(day);
        }
        let rate = self.launch / (faded * faded) + self.tail * swell;
        let weekday = (day.number() + 3).rem_euclid(7) as usize;
        let shift = self.rhythm[weekday] + NOISE * self.dice.nth(day.number().into()).between(-1.0, 1.0);
        (self.launch * age / faded + self.tail * lived + rate * shift) as i64
    }

    /// The true amount of the day.
    pub fn daily(&self, day: Day) -> i64 {
        self.total(day) - self.total(day - 1)
    }

    /// The long-run amount of this many days, at least 1.
    pub fn worth(&self, days: f64) -> i64 {
        (self.tail * days) as i64 + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVEN: Rhythm = [0.0; 7];

    #[test]
    fn starts_at_nothing_never_falls_and_keeps_its_rate() {
        let released: Day = "2025-03-07".parse().unwrap();
        let growth = Growth {
            dice: Dice::new("growth"),
            released,
            launch: 8_000.0,
            fade: 8.0,
            tail: 1_000.0,
            waves: [
                Wave { period: 500.0, height: 0.5, ahead: 77.0 },
                Wave { period: 365.0, height: 0.1, ahead: 3.0 },
            ],
            rhythm: &EVEN,
        };
        assert_eq!(growth.total(released - 1), 0);
        let days: Vec<i64> = released.up_to(released + 2_000).map(|day| growth.daily(day)).collect();
        assert!(days.iter().all(|&amount| amount > 0));
        assert!((7_000..10_000).contains(&days[0]), "{}", days[0]);
        let mean = days[500..].iter().sum::<i64>() / 1_501;
        assert!((900..1_150).contains(&mean), "{mean}");
        assert_eq!(days.iter().sum::<i64>(), growth.total(released + 2_000));
    }
}
