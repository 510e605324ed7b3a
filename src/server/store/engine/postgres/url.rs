//! Parses PostgreSQL URLs; error messages never include the password.

use reqwest::Url;
use sqlx::any::AnyConnectOptions;

use crate::server::error::Error;

pub fn is_postgres(url: &str) -> bool {
    ["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme))
}

/// Parses a URL into connection options and a name for messages.
///
/// # Errors
/// The URL is invalid; the message names its setting.
pub fn address(key: &str, url: &str) -> Result<(AnyConnectOptions, String), Error> {
    let wrong = || Error::Setting(format!("{key}: expected postgres://USER:PASSWORD@HOST:PORT/NAME"));
    let mut shown = Url::parse(url).map_err(|_| wrong())?;
    let options = url.parse().map_err(|_| wrong())?;
    // Query options may include a password.
    shown.set_query(None);
    // Fails only for a URL without a host, which has no user or password.
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    Ok((options, shown.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_shown() {
        for url in [
            "postgres://ada:s3cret@db.example.com:5433/music?sslmode=require",
            "postgresql://db.example.com:5433/music?user=ada&password=s3cret",
        ] {
            let (_, shown) = address("DATABASE_URL", url).unwrap();
            assert!(shown.ends_with("://db.example.com:5433/music"), "{shown}");
        }
        let error = address("DATABASE_URL", "postgres://ada:s3cret@:::/music").unwrap_err().to_string();
        assert!(error.contains("DATABASE_URL") && !error.contains("s3cret"), "{error}");
    }
}
