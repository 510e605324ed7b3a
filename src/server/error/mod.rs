//! Server errors with their sources. They are logged once, at the boundary, and never sent to clients, which
//! get a [`crate::domain::Problem`].

use crate::domain::Problem;
use crate::domain::query::FieldError;
use crate::server::provider;

/// An error of the server.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the database failed: {0}")]
    Db(#[source] sqlx::Error),
    /// Another writer held the lock until the timeout.
    #[error("the database is busy: an import is running")]
    Busy,
    /// The database server is unreachable or closed the connection.
    #[error("the database cannot be reached: {0}")]
    Unreachable(sqlx::Error),
    /// The disk is full.
    #[error("the disk is full: what is to be stored waits until there is room on it")]
    Full,
    /// The database file is no longer at its path.
    #[error(
        "the database's file was deleted or replaced while it was in use: put it back, or restart with the right one"
    )]
    Displaced,
    /// Data changed while a report was read; read again in one transaction.
    #[error("what was read has changed meanwhile")]
    StaleSnapshot,
    /// The pool of read connections is exhausted.
    #[error("too many questions at once")]
    Overloaded,
    /// A migration failed.
    #[error("cannot bring the database up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The database cannot be used; the message says why and what to do.
    #[error("{0}")]
    Unusable(String),
    /// A setting is invalid; the message says which and what to do. Not retryable.
    #[error("{0}")]
    Setting(String),
    /// A stored value that cannot be parsed.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// Not found.
    #[error("there is no {what} {id}")]
    NotFound {
        /// "artist", "track", ...
        what: &'static str,
        /// The id as requested.
        id: String,
    },
    /// Invalid parameters.
    #[error("{}", .0.iter().map(|error| format!("{}: {}", error.field, error.message)).collect::<Vec<_>>().join("; "))]
    Invalid(Vec<FieldError>),
    /// A file cannot be read or written.
    #[error("{doing}: {source}")]
    Io {
        /// The action and the file.
        doing: String,
        /// The operating system's error.
        source: std::io::Error,
    },
    /// CSV export failed.
    #[error("cannot write CSV: {0}")]
    Csv(#[from] csv::Error),
    /// Workbook export failed.
    #[error("cannot write the workbook: {0}")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// Sync is off; the message says why and what to do.
    #[error("{0}")]
    SyncOff(String),
    /// A provider request failed.
    #[error("{0}")]
    Provider(#[from] provider::Error),
    /// Interrupted by Ctrl-C.
    #[error("stopped; {0}")]
    Stopped(String),
}

impl Error {
    pub fn io(doing: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Error::Io { doing: doing.into(), source }
    }

    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Error::Invalid(vec![FieldError::new(field, message)])
    }

    pub fn damaged(error: impl std::fmt::Display) -> Self {
        Error::Damaged(error.to_string())
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let database = match &error {
            sqlx::Error::Database(database) => database,
            sqlx::Error::PoolTimedOut => return Error::Busy,
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::BeginFailed => {
                return Error::Unreachable(error);
            }
            _ => return Error::Db(error),
        };
        let code = database.code().unwrap_or_default();
        match code.as_ref() {
            // PostgreSQL codes have five characters: locks, deadlocks and conflicts; disk full; connections and
            // startup; statement timeout; invalid text.
            "55P03" | "40P01" | "40001" => Error::Busy,
            "53100" => Error::Full,
            "57P01" | "57P02" | "57P03" | "53300" | "25P03" => Error::Unreachable(error),
            code if code.len() == 5 && code.starts_with("08") => Error::Unreachable(error),
            "57014" => Error::Overloaded,
            "22021" => Error::invalid("text", "holds a character that cannot be stored"),
            // SQLite's primary result code is the lowest byte of the number.
            code => match code.parse().map_or(0, |number: u32| number & 0xff) {
                _ if code.len() == 5 => Error::Db(error),
                5 | 6 => Error::Busy,
                11 | 26 => Error::Damaged(format!("its file cannot be read ({})", database.message())),
                13 => Error::Full,
                _ => Error::Db(error),
            },
        }
    }
}

/// The problem shown to the client. Unexpected errors are logged here, at the boundary.
impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Invalid(errors) => Problem::unprocessable(errors),
            Error::NotFound { what, id } => {
                Problem::new(404, "Not Found", format!("There is no {what} {id}."))
            }
            Error::Busy => Problem::new(
                503,
                "Service Unavailable",
                "An import is running; try again when it is finished.",
            ),
            Error::Unreachable(_) => {
                tracing::error!(%error, "a request failed");
                let detail = "The database is unreachable; try again in a moment.";
                Problem::new(503, "Service Unavailable", detail)
            }
            Error::Full => {
                tracing::error!(%error, "a request failed");
                let detail = "The server's disk is full; nothing can be stored until space is freed.";
                Problem::new(507, "Insufficient Storage", detail)
            }
            Error::Displaced => {
                tracing::error!(%error, "a request failed");
                let detail =
                    "The database's file was deleted or replaced: nothing can be stored until it is back.";
                Problem::new(503, "Service Unavailable", detail)
            }
            Error::Overloaded | Error::StaleSnapshot => {
                Problem::new(503, "Service Unavailable", "Too many reports at once; try again in a moment.")
            }
            Error::SyncOff(_) => Problem::new(503, "Service Unavailable", error.to_string()),
            Error::Provider(error) => provider_problem(&error),
            Error::Db(_)
            | Error::Migrate(_)
            | Error::Unusable(_)
            | Error::Setting(_)
            | Error::Damaged(_)
            | Error::Io { .. }
            | Error::Csv(_)
            | Error::Workbook(_)
            | Error::Stopped(_) => {
                tracing::error!(%error, "a request failed");
                let detail = "Internal error; see the server's log for details.";
                Problem::new(500, "Internal Server Error", detail)
            }
        }
    }
}

/// Provider errors already have messages for users.
fn provider_problem(error: &provider::Error) -> Problem {
    use crate::server::provider::Error as E;
    let (status, title) = match error {
        E::NotFound { .. } | E::LookupPending { .. } | E::InvalidPathSegment { .. } | E::Ambiguous { .. } => {
            (422, "Unprocessable Content")
        }
        E::QuotaReserveReached { .. } | E::QuotaExhausted | E::RateLimited { .. } | E::Limiter(_) => {
            (503, "Service Unavailable")
        }
        E::Setup(_)
        | E::Credentials { .. }
        | E::NotInPlan { .. }
        | E::Refused { .. }
        | E::ServerError { .. }
        | E::Unreachable { .. }
        | E::TimedOut { .. }
        | E::ConnectionLost { .. }
        | E::TooLarge { .. }
        | E::Redirected { .. }
        | E::UnexpectedServer { .. }
        | E::Certificate { .. }
        | E::Unreadable { .. }
        | E::Malformed { .. }
        | E::MissingRows { .. }
        | E::WrongDays { .. }
        | E::EndlessPagination { .. } => (502, "Bad Gateway"),
    };
    tracing::warn!(%error, "the provider");
    Problem::new(status, title, format!("{error}."))
}

#[cfg(test)]
mod tests {
    use sqlx::Connection as _;

    use super::*;

    #[tokio::test]
    async fn what_will_pass_is_told_from_failures() {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}?mode=rwc", directory.path().join("a.db").display());
        sqlx::any::install_default_drivers();
        let mut first = sqlx::AnyConnection::connect(&url).await.unwrap();
        let mut second = sqlx::AnyConnection::connect(&url).await.unwrap();
        sqlx::query("pragma busy_timeout = 1").execute(&mut second).await.unwrap();
        let tx = first.begin_with("begin immediate").await.unwrap();
        let refused = second.begin_with("begin immediate").await.map(drop).map_err(Error::from);
        assert!(matches!(refused, Err(Error::Busy)), "{refused:?}");
        tx.rollback().await.unwrap();
        sqlx::query("create table a (b)").execute(&mut second).await.unwrap();
        sqlx::query("pragma max_page_count = 2").execute(&mut second).await.unwrap();
        let large = sqlx::query("insert into a values (zeroblob(100000))").execute(&mut second).await;
        assert!(matches!(large.map_err(Error::from), Err(Error::Full)));
        let wrong = sqlx::query("select nothing").execute(&mut second).await.map_err(Error::from);
        assert!(matches!(wrong, Err(Error::Db(_))));
    }
}
