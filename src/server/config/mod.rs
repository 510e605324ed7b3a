//! Configuration: environment variables, or the same keys in a TOML file. The environment wins; secrets may
//! also come from files of their own. An invalid value stops the start.

mod database;
mod network;
pub mod provider;
mod secrets;
mod single_sign_on;
mod sizes;
mod values;

use std::collections::HashMap;
use std::env::VarError;
use std::net::SocketAddr;
use std::path::Path;

pub use network::{Proxies, PublicUrl};
pub use single_sign_on::{CALLBACK, Groups, SingleSignOn};
pub use sizes::CallerLimits;
pub use values::ConfigError;
use values::{Values, read_file, wrong};

use crate::domain::accounts::{email, password};
use crate::server::base::secret::SecretString;

/// All configuration keys.
const KEYS: &[&str] = &[
    "MUSIC_ANALYTICS_ADDR",
    "DATABASE_URL",
    "DATABASE_READ_URL",
    "RUST_LOG",
    "SOUNDCHARTS_BASE_URL",
    "SOUNDCHARTS_APP_ID",
    "SOUNDCHARTS_API_KEY",
    "SOUNDCHARTS_CLIENT_ID",
    "SOUNDCHARTS_CLIENT_SECRET",
    "SOUNDCHARTS_TEAM_ID",
    "SOUNDCHARTS_TOKEN_URL",
    "SOUNDCHARTS_MAX_PER_MINUTE",
    "SOUNDCHARTS_CONCURRENCY",
    "SOUNDCHARTS_QUOTA_RESERVE",
    "MUSIC_ANALYTICS_ADMIN_EMAIL",
    "MUSIC_ANALYTICS_ADMIN_PASSWORD",
    "MUSIC_ANALYTICS_API_TOKEN",
    "MUSIC_ANALYTICS_API_PER_MINUTE",
    "MUSIC_ANALYTICS_AUTO_SYNC_REQUESTS",
    "MUSIC_ANALYTICS_TRUSTED_PROXIES",
    "MUSIC_ANALYTICS_METRICS_ADDR",
    "MUSIC_ANALYTICS_SYNC_WORKERS",
    "MUSIC_ANALYTICS_PUBLIC_URL",
    "MUSIC_ANALYTICS_AUDIT_MONTHS",
    "MUSIC_ANALYTICS_PICTURE_HOSTS",
    "MUSIC_ANALYTICS_LOG_FORMAT",
    sizes::CONNECTIONS,
    sizes::ADDRESS_CONNECTIONS,
    sizes::REQUESTS,
    sizes::ACCOUNT_REQUESTS,
    single_sign_on::ISSUER,
    single_sign_on::CLIENT_ID,
    single_sign_on::CLIENT_SECRET,
    single_sign_on::NAME,
    single_sign_on::HOSTS,
    single_sign_on::GROUPS_CLAIM,
    single_sign_on::ADMIN_GROUPS,
    single_sign_on::ANALYST_GROUPS,
    single_sign_on::VIEWER_GROUPS,
];

/// Minimum length of a configured API token.
const SHORTEST_TOKEN: usize = 32;

/// The configuration of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// `MUSIC_ANALYTICS_ADDR`: listening address.
    pub addr: SocketAddr,
    /// `MUSIC_ANALYTICS_PUBLIC_URL`: public URL, if it differs.
    pub public_url: Option<PublicUrl>,
    /// `MUSIC_ANALYTICS_TRUSTED_PROXIES`: proxies whose forwarding headers are accepted.
    pub proxies: Proxies,
    /// `MUSIC_ANALYTICS_METRICS_ADDR`: address of `/metrics`, if enabled.
    pub metrics_addr: Option<SocketAddr>,
    /// `DATABASE_URL`: `sqlite://PATH` or `postgres://...`; may contain a password.
    pub database_url: SecretString,
    /// `DATABASE_READ_URL`: a PostgreSQL replica for reports.
    pub database_read_url: Option<SecretString>,
    /// `RUST_LOG`: log filter, e.g. `info` or `music_analytics=debug,info`.
    pub log: String,
    /// `SOUNDCHARTS_...`: provider settings.
    pub provider: provider::Options,
    /// `MUSIC_ANALYTICS_SYNC_WORKERS`: sync workers of this process; 0 for none.
    pub sync_workers: u32,
    /// `MUSIC_ANALYTICS_AUTO_SYNC_REQUESTS`: maximum requests of a sync that starts automatically when an analyst
    /// opens a report.
    pub auto_sync_requests: u32,
    /// `MUSIC_ANALYTICS_ADMIN_EMAIL` and `_PASSWORD`: the first admin.
    pub admin: Option<(String, SecretString)>,
    /// `MUSIC_ANALYTICS_API_TOKEN`: an API token for the first admin.
    pub api_token: Option<SecretString>,
    /// `MUSIC_ANALYTICS_API_PER_MINUTE`: calls per token and minute; `None` for unlimited.
    pub api_per_minute: Option<u32>,
    /// `MUSIC_ANALYTICS_MAX_...`: resource limits of callers.
    pub sizes: CallerLimits,
    /// `MUSIC_ANALYTICS_AUDIT_MONTHS`: retention of the audit log.
    pub audit_months: u32,
    /// `MUSIC_ANALYTICS_PICTURE_HOSTS`: further hosts from which pictures are fetched.
    pub picture_hosts: Vec<String>,
    /// `MUSIC_ANALYTICS_OIDC_...`: single sign-on.
    pub single_sign_on: Option<SingleSignOn>,
    /// `MUSIC_ANALYTICS_LOG_FORMAT`: whether logs are JSON.
    pub is_log_json: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self::from_values(&Values(HashMap::new())).expect("the defaults fit their keys")
    }
}

impl Config {
    /// Reads the environment and the file, if given.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let keys: Vec<String> =
            KEYS.iter().map(|key| (*key).to_owned()).chain(secrets::file_keys()).collect();
        let mut values = file.map(|file| read_file(file, &keys)).transpose()?.unwrap_or_default();
        for key in keys {
            match std::env::var(&key) {
                // An empty variable counts as unset, as `KEY= command` and compose files intend.
                Ok(value) if value.is_empty() => {}
                Ok(value) => drop(values.insert(key, value)),
                Err(VarError::NotPresent) => {}
                // The value may be a secret.
                Err(VarError::NotUnicode(_)) => return Err(wrong(&key, "(hidden)", "text in UTF-8")),
            }
        }
        let mut values = Values(values);
        secrets::read_files(&mut values)?;
        Self::from_values(&values)
    }

    /// Base URL for external links: "http://127.0.0.1:3000".
    pub fn base(&self) -> String {
        self.base_at(self.addr)
    }

    /// Base URL if the system has chosen the port.
    pub fn base_at(&self, addr: SocketAddr) -> String {
        match &self.public_url {
            Some(url) => url.to_string(),
            // The unspecified address is not a valid target.
            None if addr.ip().is_unspecified() => format!("http://localhost:{}", addr.port()),
            None => format!("http://{addr}"),
        }
    }

    /// Whether the public URL is https, through a proxy.
    pub fn is_https(&self) -> bool {
        self.public_url.as_ref().is_some_and(PublicUrl::is_https)
    }

    /// Whether passwords are sent over a network unencrypted.
    pub fn is_unencrypted(&self) -> bool {
        !self.is_local() && !self.is_https()
    }

    /// Whether the server is reachable from this machine only.
    pub fn is_local(&self) -> bool {
        self.addr.ip().is_loopback() && self.public_url.as_ref().is_none_or(PublicUrl::is_loopback)
    }

    fn from_values(values: &Values) -> Result<Self, ConfigError> {
        let addr: SocketAddr = values.parse(
            "MUSIC_ANALYTICS_ADDR",
            "127.0.0.1:3000",
            "an address and port such as 127.0.0.1:3000",
        )?;
        let public_url: Option<PublicUrl> =
            values.optional("MUSIC_ANALYTICS_PUBLIC_URL", "an address such as https://music.example.com")?;
        let database_url = values.get("DATABASE_URL").unwrap_or("sqlite://data/music-analytics.db");
        Ok(Self {
            addr,
            database_url: database::url(database_url)?,
            database_read_url: database::read_url(values.get("DATABASE_READ_URL"), database_url)?,
            log: values.parse("RUST_LOG", "info", "a log filter such as info")?,
            provider: provider::Options::read(&|key| values.get(key))?,
            sync_workers: values.number("MUSIC_ANALYTICS_SYNC_WORKERS", 2, 16)?,
            auto_sync_requests: values.number("MUSIC_ANALYTICS_AUTO_SYNC_REQUESTS", 200, 1_000_000)?,
            single_sign_on: single_sign_on::read(values, public_url.as_ref())?,
            public_url,
            proxies: values
                .optional("MUSIC_ANALYTICS_TRUSTED_PROXIES", network::PROXIES_EXPECTED)?
                .unwrap_or_default(),
            metrics_addr: values
                .optional("MUSIC_ANALYTICS_METRICS_ADDR", "an address and port such as 127.0.0.1:9100")?,
            admin: admin(values)?,
            api_token: api_token(values)?,
            api_per_minute: Some(values.number("MUSIC_ANALYTICS_API_PER_MINUTE", 600, 1_000_000)?)
                .filter(|limit| *limit > 0),
            sizes: CallerLimits::read(values)?,
            audit_months: values.number("MUSIC_ANALYTICS_AUDIT_MONTHS", 12, 1_200)?,
            picture_hosts: network::hosts(values.get("MUSIC_ANALYTICS_PICTURE_HOSTS")).map_err(|host| {
                wrong("MUSIC_ANALYTICS_PICTURE_HOSTS", host, "host names, separated by commas")
            })?,
            is_log_json: match values.get("MUSIC_ANALYTICS_LOG_FORMAT") {
                None | Some("text") => false,
                Some("json") => true,
                Some(other) => return Err(wrong("MUSIC_ANALYTICS_LOG_FORMAT", other, "text or json")),
            },
        })
    }
}

/// The first admin: both keys or none. Errors never quote the password.
fn admin(values: &Values) -> Result<Option<(String, SecretString)>, ConfigError> {
    const EMAIL: &str = "MUSIC_ANALYTICS_ADMIN_EMAIL";
    const PASSWORD: &str = "MUSIC_ANALYTICS_ADMIN_PASSWORD";
    match (values.get(EMAIL), values.get(PASSWORD)) {
        (None, None) => Ok(None),
        (Some(email), Some(password)) => {
            let email = email::checked(email)
                .ok_or_else(|| wrong(EMAIL, email, "an e-mail address such as ada@example.com"))?;
            password::check_strength(password, &email)
                .map_err(|weak| wrong(PASSWORD, "(hidden)", &format!("a better one: {weak}")))?;
            Ok(Some((email, SecretString::new(password))))
        }
        (Some(_), None) => Err(wrong(PASSWORD, "", "a password, because the admin's address is set")),
        (None, Some(_)) => Err(wrong(EMAIL, "", "an address, because the admin's password is set")),
    }
}

fn api_token(values: &Values) -> Result<Option<SecretString>, ConfigError> {
    const KEY: &str = "MUSIC_ANALYTICS_API_TOKEN";
    let Some(token) = values.get(KEY) else { return Ok(None) };
    let is_sendable = token.bytes().all(|byte| byte.is_ascii_graphic());
    if !is_sendable || token.len() < SHORTEST_TOKEN {
        let expected = format!("at least {SHORTEST_TOKEN} printable ASCII characters without spaces");
        return Err(wrong(KEY, "(hidden)", &expected));
    }
    Ok(Some(SecretString::new(token)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::from_values(&Values(
            pairs.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect(),
        ))
    }

    #[test]
    fn defaults() {
        let config = from(&[]).unwrap();
        assert_eq!(config.addr.to_string(), "127.0.0.1:3000");
        assert_eq!(config.database_url.reveal(), "sqlite://data/music-analytics.db");
    }

    #[test]
    fn a_wrong_value_names_key_value_and_expectation() {
        let message = from(&[("MUSIC_ANALYTICS_ADDR", "3000")]).unwrap_err().to_string();
        assert_eq!(
            message,
            r#"MUSIC_ANALYTICS_ADDR = "3000": expected an address and port such as 127.0.0.1:3000"#
        );
    }

    #[test]
    fn the_provider_has_its_own_keys() {
        let config = from(&[("SOUNDCHARTS_CONCURRENCY", " 3 "), ("SOUNDCHARTS_APP_ID", " ")]).unwrap();
        assert_eq!((config.provider.concurrency, config.provider.credentials), (3, None));
        let message = from(&[("SOUNDCHARTS_MAX_PER_MINUTE", "many")]).unwrap_err().to_string();
        assert_eq!(
            message,
            r#"SOUNDCHARTS_MAX_PER_MINUTE = "many": expected a whole number from 1 to 1000000"#
        );
    }

    #[test]
    fn numbers_have_limits() {
        let config = from(&[("MUSIC_ANALYTICS_SYNC_WORKERS", "0")]).unwrap();
        assert_eq!((config.sync_workers, config.auto_sync_requests), (0, 200));
        for value in ["17", "-1", "two"] {
            let message = from(&[("MUSIC_ANALYTICS_SYNC_WORKERS", value)]).unwrap_err().to_string();
            assert!(
                message.contains("MUSIC_ANALYTICS_SYNC_WORKERS") && message.contains("0 to 16"),
                "{message}"
            );
        }
    }

    #[test]
    fn what_is_local_is_for_this_machine_only() {
        let local = |pairs: &[(&str, &str)]| from(pairs).unwrap().is_local();
        assert!(local(&[]) && local(&[("MUSIC_ANALYTICS_ADDR", "[::1]:0")]));
        assert!(!local(&[("MUSIC_ANALYTICS_ADDR", "0.0.0.0:3000")]));
        assert!(!local(&[("MUSIC_ANALYTICS_PUBLIC_URL", "https://music.example.com")]));
        let config = from(&[("MUSIC_ANALYTICS_PUBLIC_URL", "https://music.example.com/")]).unwrap();
        assert!(config.is_https() && !config.is_unencrypted() && !from(&[]).unwrap().is_unencrypted());
        assert!(from(&[("MUSIC_ANALYTICS_ADDR", "0.0.0.0:3000")]).unwrap().is_unencrypted());
        assert!(
            from(&[("MUSIC_ANALYTICS_PUBLIC_URL", "http://music.example.com")]).unwrap().is_unencrypted()
        );
        assert_eq!(config.base(), "https://music.example.com");
        assert_eq!(from(&[("MUSIC_ANALYTICS_ADDR", "0.0.0.0:80")]).unwrap().base(), "http://localhost:80");
    }

    #[test]
    fn secrets_are_checked_and_never_shown() {
        let config = from(&[
            ("MUSIC_ANALYTICS_ADMIN_EMAIL", "Ada@example.com"),
            ("MUSIC_ANALYTICS_ADMIN_PASSWORD", "kettle drum"),
            ("MUSIC_ANALYTICS_API_TOKEN", "0123456789abcdef0123456789abcdef"),
        ])
        .unwrap();
        let shown = format!("{config:?}");
        assert!(shown.contains("ada@example.com"));
        assert!(!shown.contains("kettle") && !shown.contains("0123456789abcdef"));
        for (pairs, key) in [
            (vec![("MUSIC_ANALYTICS_ADMIN_EMAIL", "ada@example.com")], "ADMIN_PASSWORD"),
            (vec![("MUSIC_ANALYTICS_ADMIN_PASSWORD", "kettle drum")], "ADMIN_EMAIL"),
            (
                vec![
                    ("MUSIC_ANALYTICS_ADMIN_EMAIL", "ada@example.com"),
                    ("MUSIC_ANALYTICS_ADMIN_PASSWORD", "kettle"),
                ],
                "ADMIN_PASSWORD",
            ),
            (vec![("MUSIC_ANALYTICS_API_TOKEN", "kettle")], "API_TOKEN"),
        ] {
            let message = from(&pairs).unwrap_err().to_string();
            assert!(message.contains(key) && !message.contains("kettle"), "{message}");
        }
    }

    #[test]
    fn files_hold_the_same_keys_and_no_others() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.toml");
        std::fs::write(&path, "MUSIC_ANALYTICS_ADDR = \"127.0.0.1:4000\"\nSOUNDCHARTS_CONCURRENCY = 4\n")
            .unwrap();
        let keys: Vec<String> = KEYS.iter().map(|key| (*key).to_owned()).collect();
        let read_file = |path: &Path| read_file(path, &keys);
        assert_eq!(read_file(&path).unwrap()["SOUNDCHARTS_CONCURRENCY"], "4");
        std::fs::write(&path, "SOUNDCHARTS_API_KY = \"s3cret\"\n").unwrap();
        assert!(!read_file(&path).unwrap_err().to_string().contains("s3cret"));
        std::fs::write(&path, "MUSIC_ANALYTICS_ADR = \"127.0.0.1:4000\"\n").unwrap();
        assert!(read_file(&path).unwrap_err().to_string().contains("MUSIC_ANALYTICS_ADR"));
        assert!(read_file(&dir.path().join("none")).unwrap_err().to_string().contains("cannot read"));
    }
}
