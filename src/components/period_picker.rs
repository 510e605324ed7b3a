//! Period selection: a month or custom dates. A month is two native selects, because `input type=month` has
//! no picker in desktop Firefox and Safari. Presets and arrows are links that work without WASM; with WASM
//! they change the form.

use leptos::prelude::*;
use web_sys::{HtmlDetailsElement, HtmlFormElement, HtmlInputElement, HtmlSelectElement, MouseEvent};

use crate::components::browser::{by_id, event_input, is_plain_click};
use crate::components::field::{choice, field_error};
use crate::components::icon::{Icon, IconView};
use crate::domain::query::Period;
use crate::domain::time::month::MONTH_NAMES;
use crate::domain::{Month, Range};
use crate::view::analytics::form::{PeriodForm, days_text, presets};
use crate::view::analytics::page::{QueryOutcome, field_errors};
use crate::view::{Address, AnalyticsView};

const MONTH: &str = "month-select";
const YEAR: &str = "year-select";
const FROM: &str = "from-input";
const TO: &str = "to-input";
const DAYS: &str = "days";

/// `here` is the current address of the page, including the view state.
pub fn period_picker(page: &AnalyticsView, address: &Address, here: Memo<Address>) -> AnyView {
    let PeriodForm { month, years, from, to, has_days } = PeriodForm::new(address, page.today);
    // With a report on the page, presets and arrows submit the form immediately.
    let sends = matches!(page.outcome, QueryOutcome::Report(_));
    let days = RwSignal::new((from.clone(), to.clone()));
    let link = move |class: &'static str,
                     period: Period,
                     content: AnyView,
                     label: Option<String>,
                     step: Option<i32>| {
        let choose = move |click: MouseEvent| {
            if is_plain_click(&click) {
                click.prevent_default();
                let period = step
                    .and_then(|step| Some(Period::Month(selected()?.saturating_add(step))))
                    .unwrap_or(period);
                show(period, days);
                if let Some(form) = by_id::<HtmlFormElement>("query-form").filter(|_| sends) {
                    let _ = form.request_submit();
                }
            }
        };
        let href = move || here.with(|here| here.with_period(period).href());
        view! {
            <a class=class href=href aria-label=label on:click=choose>
                {content}
            </a>
        }
        .into_any()
    };
    let arrow = |icon, step: i32, words: &str| {
        let content = view! { <IconView icon /> }.into_any();
        link(
            "button-icon",
            Period::Month(month.saturating_add(step)),
            content,
            Some(words.to_owned()),
            Some(step),
        )
    };
    let error = field_errors(page.errors(), &["month", "from", "to"]);
    let invalid = error.is_some().then_some("true");
    view! {
        <fieldset class="field" aria-describedby="period-error">
            <legend>"Month"</legend>
            <div class="month-row">
                {arrow(Icon::Previous, -1, "Previous month")}
                <select id=MONTH name="m" class="input" aria-label="Month" aria-invalid=invalid>
                    {month_options(month)}
                </select>
                <select id=YEAR name="y" class="input" aria-label="Year" aria-invalid=invalid>
                    {years.into_iter().map(|year| choice(year.to_string(), year.to_string(), year == month.year())).collect::<Vec<_>>()}
                </select>
                {arrow(Icon::Next, 1, "Next month")}
            </div>
            <p class="presets">
                {presets(month, page.today)
                    .into_iter()
                    .map(|(words, period)| link("pill", period, words.into_any(), None, None))
                    .collect::<Vec<_>>()}
            </p>
            <details id=DAYS class="days" open=has_days on:toggle=move |_| toggled(days)>
                <summary>"Exact days instead"</summary>
                <div class="days-row">
                    {day_input(FROM, "from", "First day", from, days)}
                    {day_input(TO, "to", "Last day", to, days)}
                </div>
                <p class="hint" role="status">
                    {move || days.with(|(from, to)| days_text(from, to))}
                </p>
                <p class="hint">"These days are used in place of the month; at most 12 months."</p>
            </details>
            {field_error("period-error", error)}
        </fieldset>
    }
    .into_any()
}

fn month_options(month: Month) -> Vec<AnyView> {
    let options = (1..).zip(MONTH_NAMES);
    options
        .map(|(number, name): (u32, _)| choice(number.to_string(), name.to_owned(), number == month.number()))
        .collect()
}

fn day_input(
    id: &'static str,
    name: &'static str,
    words: &'static str,
    value: String,
    days: RwSignal<(String, String)>,
) -> AnyView {
    let changed = move |event| {
        if let Some(input) = event_input(&event) {
            let _ = days.try_update(|(from, to)| *(if id == FROM { from } else { to }) = input.value());
        }
    };
    view! {
        <label>
            <span>{words}</span>
            <input id=id class="input" type="date" name=name value=value on:input=changed />
        </label>
    }
    .into_any()
}

/// The month selected in the two selects.
fn selected() -> Option<Month> {
    let value = |id| by_id::<HtmlSelectElement>(id).map(|select| select.value());
    Month::new(value(YEAR)?.parse().ok()?, value(MONTH)?.parse().ok()?)
}

/// Sets the controls to a period. A year that is not among the options is ignored.
fn show(period: Period, days: RwSignal<(String, String)>) {
    let (from, to) = match period {
        Period::Month(month) => {
            let put = |id, value: String| {
                if let Some(select) = by_id::<HtmlSelectElement>(id) {
                    let before = select.value();
                    select.set_value(&value);
                    if select.value().is_empty() {
                        select.set_value(&before);
                    }
                }
            };
            put(MONTH, month.number().to_string());
            put(YEAR, month.year().to_string());
            Default::default()
        }
        Period::Days(range) => (range.from().to_string(), range.to().to_string()),
    };
    put_days(from, to, days);
    if let Some(details) = by_id::<HtmlDetailsElement>(DAYS) {
        details.set_open(matches!(period, Period::Days(_)));
    }
}

fn put_days(from: String, to: String, days: RwSignal<(String, String)>) {
    for (id, value) in [(FROM, &from), (TO, &to)] {
        if let Some(input) = by_id::<HtmlInputElement>(id) {
            input.set_value(value);
        }
    }
    days.try_set((from, to));
}

/// Opening the custom dates fills in the month's days; closing clears them, so that the month is used again.
fn toggled(days: RwSignal<(String, String)>) {
    let is_open = by_id::<HtmlDetailsElement>(DAYS).is_some_and(|details| details.open());
    let is_empty = days.try_with_untracked(|(from, to)| from.is_empty() && to.is_empty()).unwrap_or(false);
    match (is_open, selected()) {
        (true, Some(month)) if is_empty => {
            let range = Range::month(month);
            put_days(range.from().to_string(), range.to().to_string(), days);
        }
        (false, _) => put_days(String::new(), String::new(), days),
        _ => {}
    }
}
