//! Parameters in the document. The extractors in `api/parameters.rs` read the same names; a test calls each with
//! all of them.

use utoipa::IntoParams;

use crate::domain::query::{Compare, Country, Group};
use crate::domain::sync::SyncState;
use crate::domain::{ArtistId, Day, Month, Role};
use crate::server::export::csv::Table;

/// The question of a report.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "read by the document only")]
pub struct ReportQueryDoc {
    /// An artist to report on; repeat it for several, at most 200.
    #[param(example = "11e81bcc-9c1c-ce38-b96b-a0369fe50396", min_items = 1, max_items = 200)]
    artist: Vec<ArtistId>,
    /// The calendar month to report on. Give either this or `from` and `to`.
    #[param(example = "2026-09")]
    month: Option<Month>,
    /// The first day to report on, together with `to`.
    from: Option<Day>,
    /// The last day to report on, at most 366 days in all.
    to: Option<Day>,
    /// The code of a platform; repeat it for several. Without it, all that are enabled.
    platform: Option<Vec<String>>,
    /// Keeps the tracks that were in a chart of this country within the range (S18).
    country: Option<Country>,
    /// Keeps the tracks on which a selected artist has this role (S12).
    role: Option<Role>,
    /// What the results are arranged by; `track` without it. `date` brings the days, as `daily` does.
    group: Option<Group>,
    /// Whether days are wanted, too.
    daily: Option<bool>,
    /// What the results are compared with (S21).
    compare: Option<Compare>,
}

/// Which table of a report.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "read by the document only")]
pub struct WhichTable {
    /// The table; `tracks` without it. `charts` needs a `country`.
    #[param(example = "tracks")]
    table: Option<Table>,
}

/// A page of a list.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "read by the document only")]
pub struct PageDoc {
    /// At most so many entries; 20 without it.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where the page before ended: its `next`.
    cursor: Option<String>,
}

/// What to look for.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "read by the document only")]
pub struct Search {
    /// A name, or a part of one; all artists without it.
    #[param(example = "ada")]
    q: Option<String>,
}

/// What to look for at the provider.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "read by the document only")]
pub struct ProviderSearch {
    /// A name, or a part of one.
    #[param(example = "ada")]
    q: String,
    /// At most so many artists; 20 without it, which is the most that there are.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// Which syncs.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "read by the document only")]
pub struct WhichSyncs {
    /// Only those of this state.
    #[param(example = "running")]
    state: Option<SyncState>,
}
