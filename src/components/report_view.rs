//! A whole report on the page: the parts in their order.

use std::sync::Arc;

use leptos::prelude::*;

use crate::components::cards::summary_cards;
use crate::components::line_chart::line_chart;
use crate::components::notices::{empty_report, report_notices};
use crate::components::report_header::report_header;
use crate::components::section::section;
use crate::components::table::scrolling_table;
use crate::components::view_state::{Shown, find_box, open_all_button, pager, view_button, view_form};
use crate::domain::query::Group;
use crate::domain::report::Report;
use crate::domain::view::Page;
use crate::domain::view::chart::{charts, other_scale};
use crate::domain::view::page::Answer;
use crate::domain::view::tables::{
    artist_table, chart_table, day_table, group_table, platform_table, track_table,
};
use crate::domain::view::tracks::track_page;
use crate::domain::view::words::{country_note, emptiness, provenance, shared_text};

/// The report and what goes with it. `arrived` as in [`report_header`].
pub fn report_view(
    answer: &Answer,
    page: &Page,
    shown: Shown,
    arrived: impl Fn() -> bool + 'static,
) -> AnyView {
    let report = Arc::new(answer.report.clone());
    let address = shown.address.get_untracked();
    let header = report_header(&report, page, &address, arrived);
    let notices = report_notices(answer, page);
    let body = match emptiness(&report, &answer.missing, page) {
        Some(emptiness) => vec![empty_report(emptiness)],
        None => numbers(&report, page, shown),
    };
    view! {
        <div class="report">
            {view_form(shown)}
            {header}
            {notices}
            {body}
            <p class="provenance">{provenance(&report)}</p>
        </div>
    }
    .into_any()
}

fn numbers(report: &Arc<Report>, page: &Page, shown: Shown) -> Vec<AnyView> {
    let plain = |id, title: &str, table| {
        section(id, title.to_owned(), vec![], vec![scrolling_table(table)], String::new())
    };
    let mut all =
        vec![summary_cards(&report.summary), plain("platforms-section", "Platforms", platform_table(report))];
    if let Some(table) = artist_table(report) {
        all.push(section(
            "artists",
            "Artists".to_owned(),
            vec![],
            vec![scrolling_table(table)],
            shared_text(report),
        ));
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
        all.push(section("charts", title, vec![], vec![scrolling_table(table)], note));
    }
    all
}

fn chart_section(report: Arc<Report>, shown: Shown) -> AnyView {
    let content = {
        let report = report.clone();
        move || {
            let charts = shown.view.with(|view| charts(&report, view));
            charts
                .into_iter()
                .map(|(platform, chart)| line_chart(&report, platform, chart))
                .collect::<Vec<_>>()
        }
    };
    let scale = move || {
        let (words, value) = shown.view.with(other_scale);
        view_button("button-quiet", "chart", value, None, vec![words.into_any()])
    };
    let table = view! { <a class="pill" href="#days" rel="external">"Show as table"</a> };
    let content = view! { <div class="charts">{content}</div> };
    section(
        "daily",
        "Daily audience".to_owned(),
        vec![table.into_any(), scale.into_any()],
        vec![content.into_any()],
        String::new(),
    )
}

fn day_section(report: Arc<Report>, shown: Shown) -> AnyView {
    let table = move || shown.view.with(|view| day_table(&report, view)).map(scrolling_table);
    let remark =
        "≈ not exact: part of several days that came as one, or a series is missing. – no data on this day.";
    section("days", "Days".to_owned(), vec![], vec![table.into_any()], remark.to_owned())
}

fn track_section(report: Arc<Report>, shown: Shown) -> AnyView {
    let content = move || {
        shown.view.with(|view| {
            let page = track_page(&report.tracks, view);
            let tools = tools(page.found_text(report.tracks.len()), open_all_button(&view.open));
            let pager = shown.address.with_untracked(|address| pager(&page, address));
            (tools, scrolling_table(track_table(&report, &page, view)), pager)
        })
    };
    let remark = "≈ not exact: open the track for its bounds. – unknown: no day is covered. Empty: not on that platform.";
    section(
        "details",
        "Tracks".to_owned(),
        vec![find_box(shown)],
        vec![content.into_any()],
        remark.to_owned(),
    )
}

fn group_section(report: Arc<Report>, shown: Shown) -> AnyView {
    let content = move || {
        shown.view.with(|view| {
            let tools = tools(String::new(), open_all_button(&view.open));
            (tools, scrolling_table(group_table(&report, view)), None::<AnyView>)
        })
    };
    let remark = "≈ not exact: press the number for its bounds. – unknown: no day is covered.";
    section(
        "details",
        "Tracks by platform".to_owned(),
        vec![find_box(shown)],
        vec![content.into_any()],
        remark.to_owned(),
    )
}

fn tools(found: String, button: AnyView) -> AnyView {
    view! {
        <div class="table-tools">
            <p class="hint" role="status">
                {found}
            </p>
            {button}
        </div>
    }
    .into_any()
}
