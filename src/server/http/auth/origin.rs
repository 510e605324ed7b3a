//! The client address of a request. Forwarding headers are accepted from trusted proxies only.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};

use crate::server::accounts::Origin;
use crate::server::config::Proxies;
use crate::server::state::context::Context;

impl FromRequestParts<Context> for Origin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, context: &Context) -> Result<Self, Infallible> {
        let device = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let address = address(&parts.headers, &parts.extensions, &context.config.proxies);
        Ok(Origin { address, device: device.to_owned() })
    }
}

/// The client address; empty for requests without a network, as in tests.
pub fn address(headers: &HeaderMap, extensions: &Extensions, proxies: &Proxies) -> String {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    peer.map(|peer| beyond(peer, headers, proxies).to_canonical().to_string()).unwrap_or_default()
}

/// The last forwarded address that is not a trusted proxy.
fn beyond(peer: IpAddr, headers: &HeaderMap, proxies: &Proxies) -> IpAddr {
    let lists = headers.get_all("x-forwarded-for").into_iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = lists.flat_map(|list| list.split(',')).map(str::trim).collect();
    let mut address = peer;
    for hop in hops.iter().rev() {
        if !proxies.contains(address) {
            break;
        }
        let Some(hop) = address_of(hop) else { break };
        address = hop;
    }
    address
}

/// Parses an address as proxies write it, with or without port.
fn address_of(hop: &str) -> Option<IpAddr> {
    let alone = || hop.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    hop.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|address| address.ip())).or_else(alone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trusted_proxies_are_believed() {
        let of = |peer: &str, forwarded: &str, proxies: &str| {
            let headers =
                HeaderMap::from_iter([("x-forwarded-for".parse().unwrap(), forwarded.parse().unwrap())]);
            let proxies = if proxies.is_empty() { Proxies::default() } else { proxies.parse().unwrap() };
            beyond(peer.parse().unwrap(), &headers, &proxies).to_string()
        };
        assert_eq!(of("10.0.0.1", "198.51.100.7", ""), "10.0.0.1");
        assert_eq!(of("10.0.0.1", "198.51.100.7", "10.0.0.0/8"), "198.51.100.7");
        assert_eq!(of("10.0.0.1", "192.0.2.9, 198.51.100.7, 10.0.0.2", "10.0.0.0/8"), "198.51.100.7");
        assert_eq!(of("198.51.100.7", "192.0.2.9", "10.0.0.0/8"), "198.51.100.7");
        assert_eq!(of("10.0.0.1", "nonsense", "10.0.0.0/8"), "10.0.0.1");
        assert_eq!(of("10.0.0.1", "198.51.100.7:4711", "10.0.0.0/8"), "198.51.100.7");
        assert_eq!(of("10.0.0.1", "[2001:db8::1]:4711", "10.0.0.0/8"), "2001:db8::1");
        assert_eq!(of("10.0.0.1", "[2001:db8::1]", "10.0.0.0/8"), "2001:db8::1");
    }
}
