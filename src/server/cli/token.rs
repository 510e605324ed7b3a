//! `music-analytics token`: manages API tokens from the shell.

use std::process::ExitCode;

use clap::Subcommand;
use comfy_table::Table;
use comfy_table::presets::NOTHING;

use super::print;
use crate::domain::accounts::Right;
use crate::server::accounts::tokens::{self, NewToken};
use crate::server::accounts::{Person, users};
use crate::server::base::clock::rfc3339;
use crate::server::base::terminal::tell;
use crate::server::error::Error;
use crate::server::store::Db;
use crate::server::store::tables::api_tokens;
use crate::view::analytics::syncing::format_timestamp;

/// What to do with API tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token and print it; it is not to be had again.
    Create {
        /// The e-mail address of the account that it is for.
        email: String,
        /// What uses it.
        #[arg(long, default_value = "made at the command line")]
        name: String,
        /// read, sync or admin: what it may do, within what its account may.
        #[arg(long, default_value = "read")]
        scope: Right,
        /// Days until it expires; without it, it does not.
        #[arg(long)]
        days: Option<u32>,
    },
    /// List tokens.
    List,
    /// End a token for good.
    Revoke {
        /// Its id, as the list has it.
        id: String,
    },
}

/// Runs the subcommand. Standard output contains nothing but a new token.
pub async fn token(db: &Db, command: TokenCommand) -> anyhow::Result<ExitCode> {
    let operator = Person::operator();
    let done = match command {
        TokenCommand::Create { email, name, scope, days } => {
            create(db, &operator, &email, NewToken { name, scope, days }).await
        }
        TokenCommand::List => list(db).await,
        TokenCommand::Revoke { id } => tokens::revoke(db, &operator, &id)
            .await
            .map(|token| tell(&format!("The token {} was revoked", token.name))),
    };
    super::usage_or_error(done)
}

async fn create(db: &Db, by: &Person, email: &str, new: NewToken) -> Result<(), Error> {
    let owner = users::by_email(db, email).await?;
    let token = tokens::create(db, by, &owner, new).await?;
    tell("The token, which is not shown again:");
    print(&format!("{token}\n"))
}

async fn list(db: &Db) -> Result<(), Error> {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(["id", "owner", "name", "scope", "created", "expires", "last used"]);
    let mut tx = db.read().await?;
    for token in api_tokens::list(&mut tx, None).await? {
        let owner = api_tokens::owner(&mut tx, &token).await?;
        let time = |at: i64| format_timestamp(&rfc3339(at / 1000));
        let or = |at: Option<i64>, word: &str| at.map_or_else(|| word.to_owned(), time);
        let (expires, used) = (or(token.expires_at, "never"), or(token.used_at, "not yet"));
        let scope = token.scope.to_string();
        table.add_row([token.id, owner.email, token.name, scope, time(token.created_at), expires, used]);
    }
    print(&format!("{table}\n"))
}
