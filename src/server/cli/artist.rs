//! `music-analytics artist`: artists by name.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use comfy_table::Table;
use comfy_table::presets::NOTHING;

use super::{print, print_data};
use crate::domain::query::listing::ArtistItem;
use crate::server::base::terminal::tell;
use crate::server::reports::listings;
use crate::server::store::Db;

/// What to do with artists.
#[derive(Debug, Subcommand)]
pub enum ArtistCommand {
    /// Find artists by name, as people type it: "rem" finds R.E.M.
    Search {
        /// The name or a part of it; an empty one lists all.
        text: String,
        /// At most so many.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
        limit: u32,
        /// As the JSON API has them.
        #[arg(long)]
        json: bool,
    },
}

/// Runs the subcommand.
pub async fn artist(db: &Db, command: ArtistCommand) -> anyhow::Result<ExitCode> {
    let ArtistCommand::Search { text, limit, json } = command;
    let found = listings::artists(db, &text, limit, None).await?;
    if json {
        print_data(&(serde_json::to_string_pretty(&found).context("cannot write JSON")? + "\n"))?;
    } else {
        print(&format!("{}\n", table(&found.items)))?;
    }
    if found.items.is_empty() {
        tell("No artist has this name here; the page \"Artists\" looks at Soundcharts too");
    } else if found.next.is_some() {
        tell("There are more: say more of the name, or use --limit");
    }
    Ok(ExitCode::SUCCESS)
}

fn table(artists: &[ArtistItem]) -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(["name", "country", "tracks", "id", "remark"]);
    for artist in artists {
        let remark = if artist.selectable { "" } else { "no Soundcharts UUID" };
        table.add_row([
            artist.name.clone(),
            artist.country.clone().unwrap_or_default(),
            artist.tracks.to_string(),
            artist.id.to_string(),
            remark.to_owned(),
        ]);
    }
    table
}
