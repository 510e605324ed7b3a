//! Command-line options that select a report, shared by all commands about one.

use clap::Args;

use crate::domain::query::Parameters;

/// Artists and days, and what narrows them.
#[derive(Debug, Args)]
pub struct ReportQueryArgs {
    /// An artist's UUID; repeat the option for several.
    #[arg(long = "artist", value_name = "UUID", required = true)]
    artists: Vec<String>,
    /// A calendar month.
    #[arg(long, value_name = "YYYY-MM", required_unless_present_any = ["from", "to"])]
    month: Option<String>,
    /// The first day of a range of at most 12 months.
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: Option<String>,
    /// The last day of the range.
    #[arg(long, value_name = "YYYY-MM-DD")]
    to: Option<String>,
    /// A platform's code; repeat the option for several. None means all enabled ones.
    #[arg(long = "platform", value_name = "CODE")]
    platforms: Vec<String>,
    /// Only tracks that appeared in charts of this country within the range.
    #[arg(long, value_name = "CC")]
    country: Option<String>,
}

impl From<ReportQueryArgs> for Parameters {
    fn from(args: ReportQueryArgs) -> Self {
        let ReportQueryArgs { artists, month, from, to, platforms, country } = args;
        Parameters { artists, month, from, to, platforms, country, ..Parameters::default() }
    }
}
