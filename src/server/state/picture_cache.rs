//! Proxies pictures of artists and tracks: fetched once and served by us, so that browsers contact no third
//! party. Only https URLs on known hosts are fetched, and only small bitmaps are kept.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use tokio::sync::{Mutex, Semaphore};
use tokio::time::Instant;

use crate::server::base::{secret, tls};
use crate::server::config::Config;

/// Allowed host of pictures, with its subdomains.
const PROVIDER: &str = "soundcharts.com";
/// Maximum size of a picture in bytes.
const LARGEST: usize = 1 << 20;
/// Timeout of a download.
const TIME: Duration = Duration::from_secs(5);
/// Pictures fetched at once.
const MAX_IN_FLIGHT: usize = 4;
/// Delay before a failed picture is fetched again.
const FAILURE_TTL: Duration = Duration::from_secs(600);

/// The picture cache of this process, a directory beside the database.
#[derive(Debug, Clone)]
pub struct Pictures(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    directory: PathBuf,
    hosts: Vec<String>,
    /// A loopback stand-in for the provider, in tests and demos.
    stand_in: Option<Url>,
    http: Option<reqwest::Client>,
    places: Semaphore,
    /// Recent failures.
    failed: Mutex<Vec<(String, Instant)>>,
}

/// A picture and its content type.
pub type Picture = (&'static str, Vec<u8>);

impl Pictures {
    /// Uses a directory that is created with the first picture.
    pub fn new(directory: PathBuf, config: &Config) -> Self {
        let mut hosts = config.picture_hosts.clone();
        hosts.push(PROVIDER.to_owned());
        let stand_in = config.provider.base_url.as_ref().filter(|address| address.is_loopback());
        let http = tls::builder(false)
            .timeout(TIME)
            .build()
            .inspect_err(|error| tracing::warn!(%error, "pictures cannot be fetched"))
            .ok();
        Pictures(Arc::new(Shared {
            directory,
            hosts,
            stand_in: stand_in.and_then(|address| address.to_string().parse().ok()),
            http,
            places: Semaphore::new(MAX_IN_FLIGHT),
            failed: Mutex::default(),
        }))
    }

    /// The picture at a URL; `None` if the URL is not allowed or the download fails.
    pub async fn at(&self, address: &str) -> Option<Picture> {
        let url: Url = address.parse().ok().filter(|url| self.0.allows(url))?;
        let path = self.0.directory.join(secret::hash(address));
        if let Ok(bytes) = tokio::fs::read(&path).await {
            return Some((kind(&bytes)?, bytes));
        }
        if self.0.has_failed(address).await {
            return None;
        }
        let _place = self.0.places.acquire().await.ok()?;
        match self.0.fetch(url).await {
            Ok(picture) => {
                if let Err(error) = keep(&path, &picture.1).await {
                    tracing::warn!(%error, "cannot cache a picture");
                }
                Some(picture)
            }
            Err(reason) => {
                tracing::debug!(reason, "cannot fetch a picture");
                self.0.failed.lock().await.push((address.to_owned(), Instant::now()));
                None
            }
        }
    }
}

impl Shared {
    fn allows(&self, url: &Url) -> bool {
        let Some(host) = url.host_str() else { return false };
        let is_known = self.hosts.iter().any(|known| {
            host == known || host.strip_suffix(known.as_str()).is_some_and(|rest| rest.ends_with('.'))
        });
        let is_plain = url.username().is_empty() && url.password().is_none();
        let is_stand_in = self.stand_in.as_ref().is_some_and(|own| own.origin() == url.origin());
        is_plain && (is_stand_in || is_known && url.scheme() == "https" && url.port().is_none())
    }

    async fn has_failed(&self, address: &str) -> bool {
        let mut failed = self.failed.lock().await;
        failed.retain(|(_, at)| at.elapsed() < FAILURE_TTL);
        failed.iter().any(|(known, _)| known == address)
    }

    async fn fetch(&self, url: Url) -> Result<Picture, String> {
        let http = self.http.as_ref().ok_or("there is no client")?;
        let mut answer = http.get(url).send().await.map_err(|error| error.without_url().to_string())?;
        if answer.status() != 200 {
            return Err(format!("status {}", answer.status()));
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| error.without_url().to_string())? {
            if bytes.len() + chunk.len() > LARGEST {
                return Err("too large".to_owned());
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok((kind(&bytes).ok_or("no bitmap")?, bytes))
    }
}

/// Writes to a temporary name first, so that a file under its final name is complete.
async fn keep(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(directory) = path.parent() {
        tokio::fs::create_dir_all(directory).await?;
    }
    let new = path.with_extension(secret::id());
    tokio::fs::write(&new, bytes).await?;
    tokio::fs::rename(&new, path).await
}

/// The content type according to the file signature, whatever the header says; `None` unless a bitmap.
fn kind(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [b'G', b'I', b'F', b'8', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        [_, _, _, _, b'f', b't', b'y', b'p', b'a', b'v', b'i', b'f', ..] => Some("image/avif"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_of_known_hosts() {
        let config = Config { picture_hosts: vec!["img.example.com".to_owned()], ..Config::default() };
        let pictures = Pictures::new(PathBuf::new(), &config);
        let allows = |url: &str| pictures.0.allows(&url.parse().unwrap());
        for url in [
            "https://assets.soundcharts.com/a.jpg",
            "https://soundcharts.com/a",
            "https://img.example.com/b.png",
        ] {
            assert!(allows(url), "{url}");
        }
        for url in [
            "http://assets.soundcharts.com/a.jpg",
            "https://assets.soundcharts.com:8443/a.jpg",
            "https://soundcharts.com.example.com/a",
            "https://notsoundcharts.com/a",
            "https://a@soundcharts.com/a",
            "https://127.0.0.1/a",
            "file:///etc/passwd",
        ] {
            assert!(!allows(url), "{url}");
        }
    }

    #[test]
    fn bitmaps_only() {
        assert_eq!(kind(b"\xff\xd8\xff\xe0"), Some("image/jpeg"));
        assert_eq!(kind(b"RIFF\0\0\0\0WEBPVP8 "), Some("image/webp"));
        assert_eq!(kind(b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>"), None);
        assert_eq!(kind(b"<html>"), None);
    }
}
