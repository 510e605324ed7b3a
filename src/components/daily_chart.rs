//! Daily charts as server-rendered SVG. A slider below each chart shows the value of a day by keyboard and
//! touch; the mouse does the same on the chart itself.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::{Element, MouseEvent};

use crate::components::browser::event_input;
use crate::components::parts::parts;
use crate::view::report::chart::{HEIGHT, Plot, WIDTH};
use crate::view::report::table::Part;

pub fn charts(charts: Vec<Plot>) -> AnyView {
    let figures: Vec<AnyView> = charts.into_iter().map(daily_chart).collect();
    view! { <div class="charts">{figures}</div> }.into_any()
}

pub fn daily_chart(mut chart: Plot) -> AnyView {
    let name = chart.name();
    let title = parts(std::mem::take(&mut chart.title));
    let legend = legend(std::mem::take(&mut chart.legend));
    let path = |(class, path): (&'static str, String)| view! { <path class=class d=path /> }.into_any();
    let paths: Vec<AnyView> = std::mem::take(&mut chart.paths).into_iter().map(path).collect();
    let (sentence, key) = (std::mem::take(&mut chart.sentence), std::mem::take(&mut chart.key));
    let [from, to] = std::mem::take(&mut chart.ends);
    let scale = std::mem::take(&mut chart.scale);
    let last = chart.readings.len().saturating_sub(1).to_string();
    let chart = Arc::new(chart);
    // The selected day; `None` until the user points at one.
    let place = RwSignal::new(None::<usize>);
    let (drawn, read, pointed) = (chart.clone(), chart.clone(), chart);
    let cursor = move || place.get().map(|place| drawn.cursor(place)).unwrap_or_default();
    let reading = Memo::new(move |_| place.get().and_then(|place| read.readings.get(place).cloned()));
    let point = move |event: MouseEvent| {
        let chart = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
        if let Some(width) = chart.map(|chart| chart.client_width()).filter(|width| *width > 0) {
            place.set(Some(pointed.place_at(f64::from(event.offset_x()) / f64::from(width))));
        }
    };
    let slide = move |event| place.set(event_input(&event).and_then(|input| input.value().parse().ok()));
    view! {
        <figure class="chart">
            <figcaption>{title}</figcaption>
            {legend}
            <p class="chart-top">{scale}</p>
            <svg
                viewBox=format!("0 0 {WIDTH} {HEIGHT}")
                preserveAspectRatio="none"
                role="img"
                aria-label=sentence
                on:mousemove=point
            >
                {paths}
                <path class="chart-cursor" d=cursor />
            </svg>
            <input
                class="chart-range with-script"
                type="range"
                min="0"
                max=last
                value="0"
                prop:value=move || place.get().unwrap_or(0).to_string()
                aria-label=format!("Day on the chart of {name}")
                aria-valuetext=move || reading.get()
                on:input=slide
            />
            <p class="chart-days">
                <span>{from}</span>
                <span>{move || reading.get().unwrap_or_else(|| key.clone())}</span>
                <span>{to}</span>
            </p>
        </figure>
    }
    .into_any()
}

/// The legend of a stacked chart, top down.
fn legend(bands: Vec<(&'static str, Vec<Part>)>) -> Option<AnyView> {
    let item = |(band, platform): (&'static str, Vec<Part>)| {
        view! { <li class=band>{parts(platform)}</li> }.into_any()
    };
    let items: Vec<AnyView> = bands.into_iter().map(item).collect();
    (!items.is_empty()).then(|| view! { <ul class="chart-legend">{items}</ul> }.into_any())
}
