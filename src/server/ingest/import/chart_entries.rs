//! Files of chart entries; missing charts are created.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use super::bad_lines::BadLines;
use super::existing_rows::ExistingRows;
use super::merge::{DuplicatePolicy, RunMerger};
use super::row::CsvRow;
use super::rows::ImportFile;
use super::sorter::{DayValue, Sorter};
use super::watch::ImportProgress;
use crate::domain::Day;
use crate::server::error::Error;
use crate::server::store::tables::charts::ChartFacts;

/// A chart of the file, with its days.
#[derive(Debug)]
pub struct ChartDays {
    pub chart: ChartFacts,
    /// Days with a line.
    pub days: BTreeSet<Day>,
}

/// A file's charts and positions; the group of a position is the index of its chart here.
#[derive(Debug)]
pub struct ChartFile {
    pub charts: Vec<ChartDays>,
    pub places: RunMerger,
}

/// Reads a file of chart entries, with the columns of `FileKind::ChartEntries`.
pub fn read(
    file: &ImportFile,
    known: &ExistingRows,
    directory: &Path,
    watch: &ImportProgress,
    bad: &mut BadLines,
) -> Result<(ChartFile, u64), Error> {
    let mut sorter = Sorter::new(directory);
    let mut charts: Vec<ChartDays> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let lines = file.for_each_row(watch, bad, |row| {
        let mut parsed = || -> Result<_, String> {
            let chart = chart(row, known)?;
            let day = row.day(3)?;
            let track = known.track(row.uuid(4)?)?;
            let position: u32 = row.integer(5)?;
            if position == 0 {
                return Err(row.column_error(5, "positions are counted from 1"));
            }
            let place = match places.get(&chart.slug) {
                Some(&place) if charts[place].chart == chart => place,
                Some(_) => {
                    return Err(
                        row.column_error(0, "an earlier line gives this chart another platform or country")
                    );
                }
                None => {
                    places.insert(chart.slug.clone(), charts.len());
                    charts.push(ChartDays { chart, days: BTreeSet::new() });
                    charts.len() - 1
                }
            };
            charts[place].days.insert(day);
            Ok((track, place as i64, DayValue { day, value: position.into(), line: row.line }))
        };
        match parsed() {
            Ok((track, chart, value)) => sorter.push(track, chart, "", value).map(Ok),
            Err(reason) => Ok(Err(reason)),
        }
    })?;
    Ok((ChartFile { charts, places: sorter.finish_with(DuplicatePolicy::Least) }, lines))
}

fn chart(row: &CsvRow<'_>, known: &ExistingRows) -> Result<ChartFacts, String> {
    let slug = row.required(0)?;
    let platform_id = known.platform(&row.platform(1)?)?.id;
    let country = row.optional_country(2)?;
    if let Some(stored) = known.charts.get(&slug)
        && (stored.platform_id, stored.country) != (platform_id, country)
    {
        return Err(row.column_error(0, "this chart is known with another platform or country"));
    }
    Ok(ChartFacts { slug, platform_id, country, name: None, frequency: None, positions: None })
}
