//! Artists: who is here, who can be added from the provider, and who is to be linked to it.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_url;

use crate::api::artists::list_artists;
use crate::components::artist_lists::{found, here};
use crate::components::screen::{body, data_of_address};
use crate::components::told::told;
use crate::domain::view::{ArtistList, ArtistsAddress};

/// `/artists`.
#[component]
pub fn ArtistsPage() -> impl IntoView {
    let url = use_url();
    let search = Memo::new(move |_| url.with(|url| url.search().to_owned()));
    let list = data_of_address("", |(_, search)| list_artists(search));
    let show =
        move |list: &ArtistList| show(list, &search.with_untracked(|search| ArtistsAddress::parse(search)));
    view! {
        <Title text="Artists" />
        <h1>"Artists"</h1>
        {body(list, show)}
    }
}

fn show(list: &ArtistList, address: &ArtistsAddress) -> AnyView {
    let parts: Vec<AnyView> =
        told(list.told.as_ref()).into_iter().chain([here(list, address), found(list, address)]).collect();
    parts.into_any()
}
