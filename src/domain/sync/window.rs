//! The date window of one request. The provider once allowed 90 days at most, and some endpoints still omit
//! rows from longer responses.

use crate::domain::Day;

/// Maximum number of days per request.
pub const MAX_DAYS: i32 = 90;

/// Days `from` to `to`, inclusive; at most [`MAX_DAYS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window {
    from: Day,
    to: Day,
}

impl Window {
    /// The window `from` to `to`, if ordered and at most [`MAX_DAYS`] long.
    pub fn new(from: Day, to: Day) -> Option<Self> {
        (0..MAX_DAYS).contains(&(to - from)).then_some(Window { from, to })
    }

    /// The fewest windows that cover `from` to `to` without overlap, sorted; none if `to` is before `from`.
    pub fn cover(from: Day, to: Day) -> Vec<Self> {
        let starts = from.up_to(to).step_by(MAX_DAYS as usize);
        starts.map(|start| Window { from: start, to: (start + (MAX_DAYS - 1)).min(to) }).collect()
    }

    /// The first day.
    pub const fn from(self) -> Day {
        self.from
    }

    /// The last day.
    pub const fn to(self) -> Day {
        self.to
    }

    /// The number of days, at least 1.
    pub fn days(self) -> i32 {
        self.to - self.from + 1
    }

    /// Whether the day lies inside.
    pub fn contains(self, day: Day) -> bool {
        self.from <= day && day <= self.to
    }

    /// Splits off the first days, at least one.
    pub fn split(self, days: i32) -> (Window, Option<Window>) {
        let to = (self.from + (days.max(1) - 1)).min(self.to);
        let rest = (to < self.to).then_some(Window { from: to + 1, to: self.to });
        (Window { from: self.from, to }, rest)
    }

    /// Its two halves, without overlap; `None` for a single day.
    pub fn halves(self) -> Option<[Window; 2]> {
        let middle = self.from + (self.days() / 2 - 1);
        (self.from < self.to)
            .then_some([Window { from: self.from, to: middle }, Window { from: middle + 1, to: self.to }])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn windows_cover_every_day_once() {
        let (from, to) = (day("2024-01-01"), day("2024-12-31"));
        let windows = Window::cover(from, to);
        assert_eq!(windows.iter().map(|window| window.days()).collect::<Vec<_>>(), [90, 90, 90, 90, 6]);
        assert!(windows.windows(2).all(|pair| pair[1].from() - pair[0].to() == 1));
        assert_eq!((windows[0].from(), windows[4].to()), (from, to));
        assert_eq!(Window::cover(from, from + 89), [Window::new(from, from + 89).unwrap()]);
        assert!(Window::cover(to, from).is_empty());
        assert!(Window::new(from, from + 90).is_none() && Window::new(to, from).is_none());
    }

    #[test]
    fn a_part_and_its_rest_are_the_whole() {
        let window = Window::new(day("2024-01-01"), day("2024-01-10")).unwrap();
        let split = |days| {
            let (first, rest) = window.split(days);
            (first.days(), rest.map(|rest| (rest.from() - first.to(), rest.days(), rest.to() == window.to())))
        };
        assert_eq!(split(4), (4, Some((1, 6, true))));
        assert_eq!((split(0), split(1)), ((1, Some((1, 9, true))), (1, Some((1, 9, true)))));
        assert_eq!((split(10), split(90)), ((10, None), (10, None)));
    }

    #[test]
    fn halves_share_no_day_and_leave_none_out() {
        let mut open = vec![Window::new(day("2024-01-01"), day("2024-03-30")).unwrap()];
        let mut days = Vec::new();
        while let Some(window) = open.pop() {
            match window.halves() {
                Some([first, second]) => open.extend([second, first]),
                None => days.push(window.from()),
            }
        }
        assert_eq!(days, day("2024-01-01").up_to(day("2024-03-30")).collect::<Vec<_>>());
    }
}
