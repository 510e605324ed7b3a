//! `music-analytics user`: manages accounts from the shell.

use std::io::Read as _;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use comfy_table::Table;
use comfy_table::presets::NOTHING;

use super::print;
use crate::domain::accounts::Role;
use crate::server::accounts::password::Hasher;
use crate::server::accounts::users::AccountChange;
use crate::server::accounts::{Person, users as accounts};
use crate::server::base::clock::rfc3339;
use crate::server::base::terminal::tell;
use crate::server::error::Error;
use crate::server::store::Db;
use crate::server::store::tables::users;
use crate::view::analytics::syncing::format_timestamp;

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Add an account; a password is made and printed where none is given, ends after a day and is changed at the first
    /// sign-in.
    Add {
        /// The e-mail address.
        email: String,
        /// viewer, analyst or admin.
        #[arg(long, default_value = "analyst")]
        role: Role,
        /// Where its password comes from.
        #[command(flatten)]
        password: PasswordArgs,
    },
    /// List accounts.
    List,
    /// Give an account a new password, as `add` does; its sessions and tokens end.
    ResetPassword {
        /// The e-mail address.
        email: String,
        /// Where its password comes from.
        #[command(flatten)]
        password: PasswordArgs,
    },
    /// Turn the two-step sign-in of an account off, which has lost its authenticator and its recovery codes; its sessions end.
    ResetTwoStep {
        /// The e-mail address.
        email: String,
    },
    /// Change what an account may do.
    SetRole {
        /// The e-mail address.
        email: String,
        /// viewer, analyst or admin.
        role: Role,
    },
    /// Shut an account out; its sessions end and its tokens let nobody in.
    Disable {
        /// The e-mail address.
        email: String,
    },
    /// Let a disabled account in again.
    Enable {
        /// The e-mail address.
        email: String,
    },
}

impl UserCommand {
    /// Whether the command adds an account.
    pub fn is_add(&self) -> bool {
        matches!(self, UserCommand::Add { .. })
    }
}

/// Where a password comes from. Not from the command line, which others on the machine can see.
#[derive(Debug, Args)]
pub struct PasswordArgs {
    /// Read the password from standard input, up to the end of its first line.
    #[arg(long)]
    password_stdin: bool,
}

/// Runs the subcommand. Standard output contains nothing but a generated password.
pub async fn user(db: &Db, command: UserCommand) -> anyhow::Result<ExitCode> {
    let done = match command {
        UserCommand::Add { email, role, password } => add(db, &email, role, &password).await,
        UserCommand::List => list(db).await,
        UserCommand::ResetPassword { email, password } => reset(db, &email, &password).await,
        UserCommand::ResetTwoStep { email } => {
            change(db, &email, AccountChange::NoSecondFactor, "signs in by the password alone now").await
        }
        UserCommand::SetRole { email, role } => {
            change(db, &email, AccountChange::Role(role), &format!("is {role} now")).await
        }
        UserCommand::Disable { email } => {
            change(db, &email, AccountChange::Disable, "may not sign in any more").await
        }
        UserCommand::Enable { email } => change(db, &email, AccountChange::Enable, "may sign in again").await,
    };
    super::usage_or_error(done)
}

async fn add(db: &Db, email: &str, role: Role, args: &PasswordArgs) -> Result<(), Error> {
    let (operator, hasher) = (Person::operator(), Hasher::default());
    let (user, made) = match args.password()? {
        Some(given) => (accounts::add(db, &hasher, &operator, email, role, &given).await?, None),
        None => {
            let (user, made) = accounts::add_with_initial(db, &hasher, &operator, email, role).await?;
            (user, Some(made))
        }
    };
    tell(&format!("{} was added as {role}", user.email));
    tell_password(made)
}

async fn reset(db: &Db, email: &str, args: &PasswordArgs) -> Result<(), Error> {
    let (operator, hasher) = (Person::operator(), Hasher::default());
    let given = args.password()?;
    let user = accounts::by_email(db, email).await?;
    let made = match given {
        Some(given) => {
            let hash = accounts::hash(&hasher, &user.email, &given).await?;
            let password = AccountChange::Password { hash, ends_at: None };
            accounts::change(db, &operator, &user.id, password).await?;
            None
        }
        None => Some(accounts::reset_password(db, &hasher, &operator, &user.id).await?.1),
    };
    tell(&format!("{} has a new password", user.email));
    tell_password(made)
}

async fn change(db: &Db, email: &str, change: AccountChange, done: &str) -> Result<(), Error> {
    let user = accounts::by_email(db, email).await?;
    accounts::change(db, &Person::operator(), &user.id, change).await?;
    tell(&format!("{} {done}", user.email));
    Ok(())
}

async fn list(db: &Db) -> Result<(), Error> {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(["address", "role", "state", "added", "signed in"]);
    for user in users::list(&mut *db.read().await?).await? {
        let state = if user.is_disabled { "disabled" } else { "enabled" };
        let time = |at: i64| format_timestamp(&rfc3339(at / 1000));
        let signed_in = user.signed_in_at.map_or_else(|| "not yet".to_owned(), time);
        table.add_row([
            user.email,
            user.role.to_string(),
            state.to_owned(),
            time(user.created_at),
            signed_in,
        ]);
    }
    print(&format!("{table}\n"))
}

impl PasswordArgs {
    fn password(&self) -> Result<Option<String>, Error> {
        if !self.password_stdin {
            return Ok(None);
        }
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map_err(Error::io("cannot read the password"))?;
        Ok(Some(text.lines().next().unwrap_or_default().to_owned()))
    }
}

fn tell_password(made: Option<String>) -> Result<(), Error> {
    if let Some(password) = made {
        tell(
            "The password, which is not shown again, ends after a day, and is changed at the first sign-in:",
        );
        print(&format!("{password}\n"))?;
    }
    Ok(())
}
