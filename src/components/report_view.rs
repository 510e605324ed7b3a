//! A complete report: its sections in order.

use std::sync::Arc;

use leptos::prelude::*;

use crate::components::cards::summary_cards;
use crate::components::data_notes::{empty_report, report_notices};
use crate::components::report_header::report_header;
use crate::components::report_sections::{
    chart_section, csv_link, day_section, group_section, track_section,
};
use crate::components::section::section;
use crate::components::sync_panel::{SyncSignals, sync_panel};
use crate::components::table::scrolling_table;
use crate::components::view_state::{ViewContext, view_form};
use crate::domain::query::Group;
use crate::domain::report::Report;
use crate::view::AnalyticsView;
use crate::view::analytics::page::ReportData;
use crate::view::figures::growth::other_period;
use crate::view::report::tables::{
    artist_level_table, artist_table, chart_table, growth_table, platform_table,
};
use crate::view::report::wording::{
    ARTIST_LEVEL_NOTE, GROWTH_NOTE, country_note, empty_reason, provenance, shared_text,
};

/// `arrived` as in [`report_header`]. `is_asked`: whether the user has just submitted the form, so that a
/// sync may start automatically.
pub fn report_view(
    answer: &ReportData,
    page: &AnalyticsView,
    shown: ViewContext,
    signals: SyncSignals,
    is_asked: bool,
    arrived: impl Fn() -> bool + 'static,
) -> AnyView {
    let report = Arc::clone(&answer.report);
    let header = report_header(&report, page, shown.address, arrived);
    let notices = report_notices(answer);
    let panel = sync_panel(answer, page, signals, is_asked);
    let body = match empty_reason(&report, &answer.missing, page) {
        Some(empty_reason) => vec![empty_report(empty_reason)],
        None => numbers(&report, page, shown),
    };
    view! {
        <div class="report">
            {view_form(shown)}
            {header}
            {notices}
            {panel}
            {body}
            <p class="provenance">{provenance(&report)}</p>
        </div>
    }
    .into_any()
}

fn numbers(report: &Arc<Report>, page: &AnalyticsView, shown: ViewContext) -> Vec<AnyView> {
    let plain = |id, csv, title: &str, table, remark| {
        section(id, title.to_owned(), vec![csv_link(shown, csv)], vec![scrolling_table(table)], remark)
    };
    let platforms = platform_table(report);
    let mut all = vec![
        summary_cards(report),
        plain("platforms-section", "platforms", "Platforms", platforms, String::new()),
    ];
    if let Some(table) = growth_table(report) {
        let title = report
            .growth
            .as_ref()
            .map_or_else(String::new, |growth| format!("Change since {}", other_period(growth)));
        all.push(plain("growth", "growth", &title, table, GROWTH_NOTE.to_owned()));
    }
    if let Some(table) = artist_table(report) {
        all.push(plain("artists", "artists", "Artists", table, shared_text(report)));
    }
    if let Some(table) = artist_level_table(report) {
        let note = ARTIST_LEVEL_NOTE.to_owned();
        all.push(plain("artist-level", "artist_level", "Artists as a whole", table, note));
    }
    if report.days.is_some() {
        all.push(chart_section(report.clone(), shown));
        all.push(day_section(report.clone(), shown));
    }
    match report.query.group {
        Group::Track => all.push(track_section(report.clone(), shown)),
        Group::Platform => all.push(group_section(report.clone(), shown)),
        Group::Date => {}
    }
    if let (Some(table), Some(country)) = (chart_table(report, page), report.query.country) {
        let title = format!("Charts of {}", page.country_name(country.as_str()));
        let note = country_note(page, country.as_str());
        all.push(plain("charts", "charts", &title, table, note));
    }
    all
}
