//! Static files of the browser bundle, embedded in the program. Pages use content-hashed URLs, which browsers cache
//! permanently; plain names are revalidated each time.

use std::borrow::Cow;

use axum::body::Body;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderName,
    IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use sha2::{Digest as _, Sha256};

use crate::view::files::{Bundle, PUBLIC};

/// Length of the content hash in URLs.
const HASH_CHARS: usize = 16;
/// Content-hashed URLs are immutable.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// A file of the bundle.
#[derive(Debug, Clone)]
pub struct Asset {
    pub bytes: Cow<'static, [u8]>,
    /// SHA-256 of the content.
    pub digest: [u8; 32],
}

/// The bundle, by path, for example "pkg/main.css". Brotli-compressed versions have ".br" appended to the path.
#[derive(Debug, Clone, Copy)]
pub struct Assets(pub fn(&str) -> Option<Asset>);

impl Assets {
    /// No bundle: pages work as plain HTML.
    pub const NONE: Self = Assets(|_| None);

    /// A file by its path.
    pub fn get(&self, path: &str) -> Option<Asset> {
        self.0(path)
    }

    /// The content-hashed URL of a file.
    pub fn address(&self, path: &str) -> String {
        match (self.get(path), path.rsplit_once('.')) {
            (Some(asset), Some((stem, extension))) => {
                format!("/{stem}.{}.{extension}", short_hash(&asset.digest))
            }
            _ => format!("/{path}"),
        }
    }

    /// The URLs of the files that every page needs.
    pub fn bundle(&self) -> Bundle {
        let paths = ["pkg/main.css", "pkg/music-analytics.js", "pkg/music-analytics_bg.wasm"];
        let digests = paths.iter().filter_map(|path| self.get(path)).map(|asset| asset.digest);
        let all = digests.fold(Sha256::new(), |all, digest| all.chain_update(digest));
        let [css, js, wasm] = paths.map(|path| self.address(path));
        Bundle { css, js, wasm, version: short_hash(&all.finalize().into()) }
    }

    /// A file by URL, and whether the URL's hash matches.
    fn at(&self, path: &str) -> Option<(String, Asset, bool)> {
        if let Some(asset) = self.get(path) {
            return Some((path.to_owned(), asset, false));
        }
        let (rest, extension) = path.rsplit_once('.')?;
        let (stem, marked) = rest.rsplit_once('.')?;
        let path = format!("{stem}.{extension}");
        let asset = self.get(&path).filter(|_| marked.len() == HASH_CHARS)?;
        let is_same =
            if path.starts_with("pkg/") { short_hash(&asset.digest) == marked } else { PUBLIC == marked };
        // A page of another version may show this version's pictures, but must not run its code.
        (is_same || !path.starts_with("pkg/")).then_some((path, asset, is_same))
    }

    /// The response for a file; `None` if it does not exist.
    pub fn answer(&self, method: &Method, path: &str, headers: &HeaderMap) -> Option<Response<Body>> {
        let path = path.strip_prefix('/')?;
        if !matches!(*method, Method::GET | Method::HEAD) {
            return None;
        }
        let kind = content_type(path)?;
        let (path, plain, is_same) = self.at(path)?;
        let compressed = if accepts(headers, "br") { self.get(&format!("{path}.br")) } else { None };
        let (asset, encoding) = match compressed {
            Some(asset) => (asset, "br"),
            // An outer layer compresses with gzip; the ETag must differ from that of the plain content.
            None if accepts(headers, "gzip") => (plain, "gzip"),
            None => (plain, "plain"),
        };
        let tag = tag(&asset.digest, encoding);
        let mut response = Response::new(Body::empty());
        if is_known(headers, &tag) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        } else {
            put(&mut response, CONTENT_TYPE, HeaderValue::from_static(kind));
            put(&mut response, CONTENT_LENGTH, asset.bytes.len().into());
            if encoding == "br" {
                put(&mut response, CONTENT_ENCODING, HeaderValue::from_static("br"));
            }
            if method == Method::GET {
                *response.body_mut() = Body::from(asset.bytes);
            }
        }
        put(&mut response, ETAG, HeaderValue::try_from(tag).ok()?);
        let keeping = if is_same { IMMUTABLE } else { "no-cache" };
        put(&mut response, CACHE_CONTROL, HeaderValue::from_static(keeping));
        put(&mut response, VARY, HeaderValue::from_static("accept-encoding"));
        Some(response)
    }
}

fn put(response: &mut Response<Body>, name: HeaderName, value: HeaderValue) {
    response.headers_mut().insert(name, value);
}

/// The content type by file name; `None` for compressed versions, which have no URL of their own.
fn content_type(path: &str) -> Option<&'static str> {
    Some(match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "br" => return None,
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    })
}

/// The content hash used in URLs.
fn short_hash(digest: &[u8; 32]) -> String {
    digest[..HASH_CHARS / 2].iter().map(|byte| format!("{byte:02x}")).collect()
}

fn tag(digest: &[u8; 32], encoding: &str) -> String {
    let digest: String = digest[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\"{digest}-{encoding}\"")
}

/// Whether the browser accepts an encoding: named, and not with weight 0.
fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    items(headers, ACCEPT_ENCODING).any(|item| {
        let (name, weight) = item.split_once(';').unwrap_or((item, ""));
        let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse().ok()).unwrap_or(1.0);
        name.trim().eq_ignore_ascii_case(encoding) && weight > 0.0
    })
}

/// Whether the browser already has this version.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    items(headers, IF_NONE_MATCH).any(|item| item == "*" || item.strip_prefix("W/").unwrap_or(item) == tag)
}

fn items(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim)
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use crate::view::files::PUBLIC;

    use super::*;

    const ASSETS: Assets = Assets(|path| {
        let bytes: &[u8] = match path {
            "pkg/a.js" => b"let a = 1;",
            "pkg/a.js.br" => b"small",
            "logo.svg" => b"<svg/>",
            _ => return None,
        };
        Some(Asset { bytes: Cow::Borrowed(bytes), digest: [bytes[0]; 32] })
    });

    fn get(path: &str, headers: &[(HeaderName, &str)]) -> Option<Response<Body>> {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()))
            .collect();
        ASSETS.answer(&Method::GET, path, &headers)
    }

    async fn body(response: Response<Body>) -> Vec<u8> {
        to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()
    }

    #[tokio::test]
    async fn files_come_compressed_to_those_who_take_it() {
        for (accepted, encoding, bytes) in [
            ("gzip, br", Some("br"), &b"small"[..]),
            ("BR;q=0.5", Some("br"), b"small"),
            ("br;q=0, gzip", None, b"let a = 1;"),
            ("identity", None, b"let a = 1;"),
        ] {
            let response = get("/pkg/a.js", &[(ACCEPT_ENCODING, accepted)]).unwrap();
            assert_eq!(response.headers().get(CONTENT_ENCODING).map(|v| v.to_str().unwrap()), encoding);
            assert_eq!(response.headers()[CONTENT_TYPE], "text/javascript; charset=utf-8");
            assert_eq!(response.headers()[CONTENT_LENGTH], bytes.len().to_string().as_str());
            assert_eq!(response.headers()[VARY], "accept-encoding");
            assert_eq!(body(response).await, bytes, "{accepted}");
        }
        assert_eq!(get("/logo.svg", &[]).unwrap().headers()[CONTENT_TYPE], "image/svg+xml");
        for missing in ["/pkg/a.js.br", "/pkg", "/", "", "/pkg/../pkg/a.js", "/none.svg"] {
            assert!(get(missing, &[]).is_none(), "{missing}");
        }
    }

    #[tokio::test]
    async fn an_address_of_what_is_in_a_file_is_kept_for_good() {
        let address = ASSETS.address("pkg/a.js");
        assert_ne!(address, "/pkg/a.js");
        let kept = get(&address, &[(ACCEPT_ENCODING, "br")]).unwrap();
        assert_eq!(kept.headers()[CACHE_CONTROL], IMMUTABLE);
        assert_eq!(body(kept).await, b"small");
        assert_eq!(get("/pkg/a.js", &[]).unwrap().headers()[CACHE_CONTROL], "no-cache");
        assert!(get("/pkg/a.0123456789abcdef.js", &[]).is_none(), "the program of another version");
        assert!(get(&format!("{address}.br"), &[]).is_none());
        let logo = get(&format!("/logo.{PUBLIC}.svg"), &[]).unwrap();
        assert_eq!(logo.headers()[CACHE_CONTROL], IMMUTABLE);
        let other = get("/logo.0123456789abcdef.svg", &[]).unwrap();
        assert_eq!(other.headers()[CACHE_CONTROL], "no-cache", "a picture of another version");
        assert_eq!(ASSETS.address("none.css"), "/none.css");
        assert_eq!(Assets::NONE.bundle().css, "/pkg/main.css");
        assert_ne!(Assets::NONE.bundle().version, "");
    }

    #[tokio::test]
    async fn what_the_browser_has_is_not_sent_again() {
        let encodings = ["br", "gzip", "identity"];
        let tags = encodings.map(|encoding| {
            let response = get("/pkg/a.js", &[(ACCEPT_ENCODING, encoding)]).unwrap();
            response.headers()[ETAG].to_str().unwrap().to_owned()
        });
        assert!(tags.iter().all(|tag| tag.starts_with('"')), "they are strong");
        for (encoding, own) in encodings.into_iter().zip(&tags) {
            for tag in &tags {
                let known = format!("\"other\", W/{tag}");
                let response =
                    get("/pkg/a.js", &[(ACCEPT_ENCODING, encoding), (IF_NONE_MATCH, &known)]).unwrap();
                let expected = if tag == own { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
                assert_eq!(response.status(), expected, "{encoding}: {tag}");
                assert_eq!(body(response).await.is_empty(), tag == own);
            }
        }
    }

    #[tokio::test]
    async fn a_head_has_no_body_and_other_methods_no_file() {
        let response = ASSETS.answer(&Method::HEAD, "/logo.svg", &HeaderMap::new()).unwrap();
        assert_eq!(response.headers()[CONTENT_LENGTH], "6");
        assert!(body(response).await.is_empty());
        assert!(ASSETS.answer(&Method::POST, "/logo.svg", &HeaderMap::new()).is_none());
    }
}
