//! What a series says about a range of days: S7 to S11 and S16 of docs/semantics.md.

use super::figure::{Amount, Figure};
use super::range::MAX_DAYS;
use super::series::{Before, Flag, Series, Step, StepKind};
use super::{Day, Range};

/// A set of days of a range, by their place in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DaySet([u64; MAX_DAYS.div_ceil(64)]);

impl DaySet {
    /// Adds the days of these places.
    pub fn insert(&mut self, places: std::ops::Range<usize>) {
        for place in places {
            self.0[place / 64] |= 1 << (place % 64);
        }
    }

    /// Adds all days of another set.
    pub fn add(&mut self, other: &DaySet) {
        self.0.iter_mut().zip(other.0).for_each(|(mine, theirs)| *mine |= theirs);
    }

    /// Adds the days `from` to `to` as far as they lie in the range.
    pub fn insert_days(&mut self, range: Range, from: Day, to: Day) {
        let (first, last) = (from.max(range.from()), to.min(range.to()));
        if first <= last {
            let place = |day: Day| (day - range.from()) as usize;
            self.insert(place(first)..place(last) + 1);
        }
    }

    /// The days of this set that are not in the other.
    #[must_use]
    pub fn without(&self, other: &DaySet) -> DaySet {
        DaySet(std::array::from_fn(|word| self.0[word] & !other.0[word]))
    }

    /// The days that are in both.
    #[must_use]
    pub fn both(&self, other: &DaySet) -> DaySet {
        DaySet(std::array::from_fn(|word| self.0[word] & other.0[word]))
    }

    /// Whether every day of the other set is in this one.
    pub fn includes(&self, other: &DaySet) -> bool {
        other.without(self).is_empty()
    }

    /// Its runs of days (first, last), as days of the range.
    pub fn runs(&self, range: Range) -> Vec<(Day, Day)> {
        let mut runs: Vec<(Day, Day)> = Vec::new();
        for (_, day) in range.days().enumerate().filter(|(place, _)| self.contains(*place)) {
            match runs.last_mut() {
                Some(run) if day - run.1 == 1 => run.1 = day,
                _ => runs.push((day, day)),
            }
        }
        runs
    }

    /// Whether the day at this place is in it.
    pub fn contains(&self, place: usize) -> bool {
        self.0[place / 64] >> (place % 64) & 1 == 1
    }

    /// How many days are in it.
    pub fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether no day is in it.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }
}

/// A set of flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flags(u8);

impl Flags {
    /// Adds a flag.
    pub fn insert(&mut self, flag: Flag) {
        self.0 |= 1 << flag as u8;
    }

    /// The flags, in canonical order.
    pub fn iter(self) -> impl Iterator<Item = Flag> {
        Flag::ALL.iter().copied().filter(move |flag| self.0 >> *flag as u8 & 1 == 1)
    }
}

/// The largest amount of one day, and the first day that had it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peak {
    /// The amount of the day.
    pub value: i128,
    /// The first day of that amount.
    pub day: Day,
}

/// The amounts of the days of a range, added up over series.
#[derive(Debug, Clone)]
pub struct DayAmounts {
    range: Range,
    /// A day: the sum of clean steps.
    clean: Vec<i128>,
    /// A day: its part of longer steps (S16).
    spread: Vec<i128>,
    /// Days with at least one clean step.
    has_clean: DaySet,
    /// Days covered by any step.
    covered: DaySet,
    /// Days of which the provider told something that does not count: corrections, jumps, values left out.
    corrected: DaySet,
}

impl DayAmounts {
    /// Nothing yet.
    pub fn new(range: Range) -> Self {
        let zeros = vec![0; range.day_count()];
        DayAmounts {
            range,
            clean: zeros.clone(),
            spread: zeros,
            has_clean: DaySet::default(),
            covered: DaySet::default(),
            corrected: DaySet::default(),
        }
    }

    /// How many days the range has.
    pub fn count(&self) -> usize {
        self.clean.len()
    }

    /// Days covered by any series.
    pub const fn covered(&self) -> &DaySet {
        &self.covered
    }

    /// Days of a correction or a jump, and days whose value was left out (S3, S4, S11).
    pub const fn corrected(&self) -> &DaySet {
        &self.corrected
    }

    /// The sum of clean steps of the day at this place of the range.
    pub fn clean(&self, place: usize) -> i128 {
        self.clean[place]
    }

    /// The part of longer steps of the day at this place of the range.
    pub fn spread(&self, place: usize) -> i128 {
        self.spread[place]
    }

    /// The largest day among those with a clean step.
    pub fn peak(&self) -> Option<Peak> {
        let mut peak: Option<Peak> = None;
        for (place, day) in self.range.days().enumerate().filter(|(place, _)| self.has_clean.contains(*place))
        {
            let value = self.clean[place];
            if peak.is_none_or(|peak| value > peak.value) {
                peak = Some(Peak { value, day });
            }
        }
        peak
    }

    /// Adds the days of another line of the same range.
    pub fn add(&mut self, other: &DayAmounts) {
        self.clean.iter_mut().zip(&other.clean).for_each(|(mine, theirs)| *mine += theirs);
        self.spread.iter_mut().zip(&other.spread).for_each(|(mine, theirs)| *mine += theirs);
        self.has_clean.add(&other.has_clean);
        self.covered.add(&other.covered);
        self.corrected.add(&other.corrected);
    }

    /// The places of the days of a step that lie in the range.
    fn places(&self, step: &Step) -> std::ops::Range<usize> {
        let from = step.first().max(self.range.from()) - self.range.from();
        let to = step.last.min(self.range.to()) - self.range.from() + 1;
        from.max(0) as usize..to.max(from).max(0) as usize
    }

    /// S16: the estimate of a step, spread evenly over its days in the range, to the last unit.
    fn spread_over(&mut self, places: std::ops::Range<usize>, estimate: i128) {
        let days = places.len() as i128;
        let until = |day: i128| (estimate * day).div_euclid(days);
        for (day, place) in (0..days).zip(places) {
            self.spread[place] += until(day + 1) - until(day);
        }
    }
}

/// What a step adds to the figure of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adds {
    /// A figure: its days are covered (S7, S8).
    Figure(Figure),
    /// Its size at most: a jump (S9).
    AtMost(i128),
    /// Nobody knows how much (S9).
    Unbounded,
}

/// A step with any day in a range, and what it adds to the range's figure. The figure of a series is the sum
/// of these, and of what is unknown before and after them: what a report counts is what an audit lists (S23).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// The step.
    pub step: Step,
    /// How many of its days lie in the range.
    pub days_inside: usize,
    /// What it adds.
    pub adds: Adds,
}

/// The steps of a series with any day in the range, in order. None where the series is absent from it.
pub fn shares(series: &Series, range: Range) -> impl Iterator<Item = Share> {
    let days = move |step: &Step| {
        let (from, to) = (step.first().max(range.from()), step.last.min(range.to()));
        usize::try_from(to - from + 1).unwrap_or(0)
    };
    let steps = if is_absent(series, range) { &[][..] } else { &series.steps };
    let inside = steps.partition_point(|step| step.last < range.from());
    steps[inside..].iter().take_while(move |step| step.first() <= range.to()).map(move |step| {
        let days_inside = days(step);
        let adds = match step.kind {
            kind if kind.covers() && days_inside == step.days as usize => Adds::Figure(whole(step)),
            kind if kind.covers() => Adds::Figure(edge(step, days_inside)),
            StepKind::Jump => Adds::AtMost(step.size.into()),
            _ => Adds::Unbounded,
        };
        Share { step: *step, days_inside, adds }
    })
}

/// Whether the track was released after the range (S9b).
pub fn is_absent(series: &Series, range: Range) -> bool {
    series.before == Before::Nothing && range.to() <= series.start
}

/// What a series says about the range: its figure, and its days and flags added to `days` and
/// `flags`. `series` is as [`Series::with_release`] makes it. Absent where the track was released
/// after the range (S9b), unknown where no day is covered (S10).
pub fn read(series: &Series, range: Range, days: &mut DayAmounts, flags: &mut Flags) -> Amount {
    if is_absent(series, range) {
        return Amount::Absent;
    }
    let mut sum = Figure::exactly(0);
    let mut covers = false;
    for Share { step, adds, .. } in shares(series, range) {
        step.kind.flags().iter().for_each(|flag| flags.insert(*flag));
        if step.doubled {
            flags.insert(Flag::Halved);
        }
        let places = days.places(&step);
        if matches!(step.kind, StepKind::Correction | StepKind::Halved | StepKind::Jump) {
            days.corrected.insert(places.clone());
        }
        match adds {
            Adds::Figure(figure) => {
                covers = true;
                if step.is_clean() {
                    days.clean[places.start] += figure.estimate;
                    days.has_clean.insert(places.clone());
                } else {
                    days.spread_over(places.clone(), figure.estimate);
                }
                days.covered.insert(places);
                sum += figure;
            }
            Adds::AtMost(size) => {
                sum.exact = false;
                sum.high = sum.high.map(|high| high + size);
            }
            Adds::Unbounded => (sum.exact, sum.high) = (false, None),
        }
    }
    for day in series.left_out.iter().filter(|day| range.contains(**day)) {
        flags.insert(Flag::Glitch);
        days.corrected.insert_days(range, *day, *day);
    }
    if range.from() <= series.start {
        match series.before {
            Before::Nothing => {}
            Before::AtMost(value) => {
                sum.exact = false;
                sum.high = sum.high.map(|high| high + i128::from(value));
            }
            Before::Unbounded => (sum.exact, sum.high) = (false, None),
        }
    }
    if range.to() > series.last() {
        (sum.exact, sum.high) = (false, None);
    }
    if covers { Amount::Known(sum) } else { Amount::Unknown }
}

/// S7: a step that lies wholly inside the range.
fn whole(step: &Step) -> Figure {
    let size = i128::from(step.size);
    let low = match step.kind {
        StepKind::Unconfirmed | StepKind::Release => 0,
        _ if step.doubled => size / 2,
        _ => size,
    };
    let exact = !step.doubled && !matches!(step.kind, StepKind::Unconfirmed | StepKind::Release);
    Figure { estimate: size, low, high: Some(size), exact }
}

/// S8: a step of which only some days lie inside the range; their share is rounded half up.
fn edge(step: &Step, days_inside: usize) -> Figure {
    let (size, inside, days) = (i128::from(step.size), days_inside as i128, i128::from(step.days));
    Figure { estimate: (2 * size * inside + days) / (2 * days), low: 0, high: Some(size), exact: false }
}
