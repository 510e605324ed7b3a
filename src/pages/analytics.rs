//! Music Analytics: total metrics of artists over all platforms.

use leptos::prelude::*;
use leptos_meta::Title;

/// `/analytics`: the form and its results.
#[component]
pub fn AnalyticsPage() -> impl IntoView {
    view! {
        <Title text="Analyze" />
        <h1>"Music Analytics"</h1>
    }
}
