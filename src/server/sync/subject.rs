//! Open units by subject.

use std::collections::HashMap;

use super::days::DayRun;
use crate::domain::Day;
use crate::server::store::tables::units::{Subject, Task};

/// Open units with their days.
#[derive(Debug)]
pub struct OpenUnits(HashMap<Subject, Vec<(i64, DayRun)>>);

impl OpenUnits {
    /// Groups units by subject.
    pub fn new(units: Vec<(i64, Task)>) -> Self {
        let mut open: HashMap<Subject, Vec<(i64, DayRun)>> = HashMap::new();
        for (id, task) in units {
            let days = task.window().map_or((Day::MIN, Day::MAX), |window| (window.from(), window.to()));
            open.entry(task.subject()).or_default().push((id, days));
        }
        OpenUnits(open)
    }

    /// Removes and returns the units of a subject.
    pub fn take(&mut self, subject: Subject) -> Vec<(i64, DayRun)> {
        self.0.remove(&subject).unwrap_or_default()
    }
}
