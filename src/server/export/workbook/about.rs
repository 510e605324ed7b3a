//! The sheet "About": parameters, time, data version and link of the report.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::cell::Cell;
use super::column::Column;
use super::format::Formats;
use super::sheet::Sheet;
use crate::domain::Range;
use crate::domain::query::{Group, Parameters};
use crate::domain::report::{Report, ReportQuery};
use crate::view::Address;
use crate::view::analytics::address::NO_COMPARISON;
use crate::view::report::wording::group_label;

const NAME: &str = "About";

pub fn write(sheet: &mut Worksheet, formats: &Formats, report: &Report, base: &str) -> Result<(), XlsxError> {
    let note = "The same question on the same data gives the same hash, on any machine.";
    let mut sheet = Sheet::begin(sheet.set_name(NAME)?, formats, "About this report", note)?;
    sheet.worksheet().set_screen_gridlines(false);
    sheet.table(&[Column::words("What", 24.0), Column::words("Value", 20.0)], 0, 0)?;
    let query = &report.query;
    let mut line = |name: &'static str, cell: Cell<'_>| sheet.line([Cell::text(name), cell]);
    for id in &query.artists {
        let known = report.artists.iter().find(|artist| id.uuid() == Some(artist.uuid));
        let name = known.map_or("left out: no Soundcharts UUID", |artist| &artist.name);
        line("Artist", Cell::text(format!("{name} ({id})")))?;
    }
    line("First day", Cell::Day(query.from))?;
    line("Last day", Cell::Day(query.to))?;
    for row in &report.platforms {
        line("Platform", Cell::text(format!("{} ({}, {})", row.name, row.platform, row.unit)))?;
    }
    let all = "all";
    line("Country", Cell::text(query.country.as_ref().map_or(all, |country| country.as_str())))?;
    line("Role", Cell::text(query.role.map_or(all, |role| role.as_str())))?;
    line("Grouped by", Cell::text(group_label(query.group)))?;
    line("Days", Cell::answer(report.days.is_some()))?;
    line("Compared with", Cell::text(query.compare.map_or("nothing", |compare| compare.as_str())))?;
    let address = address(query);
    line("Page", Cell::Link(format!("{base}{}", address.href())))?;
    line("API", Cell::Link(format!("{base}{}", address.json_href())))?;
    line("Generated at", Cell::text(&report.generated_at))?;
    line("Data version", Cell::text(&report.data_version))?;
    line("Report hash", Cell::text(&report.hash))?;
    line("Made by", Cell::text(concat!("Music Analytics ", env!("CARGO_PKG_VERSION"))))
}

/// URL of the page with the same report.
fn address(query: &ReportQuery) -> Address {
    let month = Range::new(query.from, query.to).ok().and_then(Range::as_month);
    let day = |day: crate::domain::Day| month.is_none().then(|| day.to_string());
    let parameters = Parameters {
        artists: query.artists.iter().map(ToString::to_string).collect(),
        month: month.map(|month| month.to_string()),
        from: day(query.from),
        to: day(query.to),
        platforms: query.platforms.clone(),
        country: query.country.map(|country| country.as_str().to_owned()),
        role: query.role.map(|role| role.to_string()),
        group: (query.group != Group::Track).then(|| query.group.to_string()),
        daily: query.daily.then(|| true.to_string()),
        compare: Some(query.compare.map_or(NO_COMPARISON.to_owned(), |compare| compare.to_string())),
    };
    Address { parameters, ..Address::default() }
}
