//! Connection limits: in total, and per address unless it is a trusted proxy or loopback.

use std::net::IpAddr;
use std::sync::Arc;

use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Reason;
use super::counts::{KeyedCounter, KeyedPermit};
use crate::server::base::network::client_network;
use crate::server::config::{CallerLimits, Proxies};

/// Open files besides client connections.
const OTHERS: u64 = 256;

/// Open connections.
#[derive(Debug)]
pub struct Connections {
    free: Arc<Semaphore>,
    /// Maximum per address; `None` for unlimited.
    most_of_one: Option<u32>,
    proxies: Proxies,
    of_each: KeyedCounter<IpAddr>,
}

/// An open connection, until dropped.
#[derive(Debug)]
pub struct Connection {
    _of_address: Option<KeyedPermit<IpAddr>>,
    _place: OwnedSemaphorePermit,
}

impl Connections {
    /// No open connections.
    pub fn new(sizes: &CallerLimits, proxies: Proxies) -> Self {
        Connections {
            free: Arc::new(Semaphore::new(sizes.connections)),
            most_of_one: sizes.address_connections,
            proxies,
            of_each: KeyedCounter::default(),
        }
    }

    /// Waits for a free slot.
    pub async fn place(&self) -> OwnedSemaphorePermit {
        Arc::clone(&self.free).acquire_owned().await.expect("nobody closes the semaphore")
    }

    /// Registers a connection of an address; `None` if it is at its limit.
    pub fn open(&self, place: OwnedSemaphorePermit, peer: IpAddr) -> Option<Connection> {
        // A loopback peer is a proxy or local.
        let is_shared = peer.to_canonical().is_loopback() || self.proxies.contains(peer);
        let of_address = match self.most_of_one.filter(|_| !is_shared) {
            Some(most) => {
                let counted = self.of_each.take(client_network(peer), most);
                if counted.is_none() {
                    Reason::Address.count();
                    return None;
                }
                counted
            }
            None => None,
        };
        metrics::gauge!("http_connections").increment(1.0);
        Some(Connection { _of_address: of_address, _place: place })
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        metrics::gauge!("http_connections").decrement(1.0);
    }
}

/// Raises the open-file limit of the process as far as the system allows.
pub fn allow_open_files(sizes: &CallerLimits) {
    let needed = sizes.connections as u64 + OTHERS;
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current.is_some_and(|current| current < needed) {
        limit.current = limit.maximum;
        // If this fails, fewer connections are accepted; the next lines log how many.
        let _ = setrlimit(Resource::Nofile, limit);
    }
    let allowed = getrlimit(Resource::Nofile).current;
    if let Some(allowed) = allowed.filter(|allowed| *allowed < needed) {
        tracing::warn!(
            allowed,
            needed,
            "the open-file limit is too low for MUSIC_ANALYTICS_MAX_CONNECTIONS: raise it (ulimit -n)"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_address_has_its_part_and_a_proxy_has_none() {
        let sizes = CallerLimits { address_connections: Some(2), ..CallerLimits::default() };
        let connections = Connections::new(&sizes, "10.0.0.0/8".parse().unwrap());
        let open = async |address: &str| {
            let place = connections.place().await;
            connections.open(place, address.parse().unwrap())
        };
        let first = open("192.0.2.1").await;
        assert!(first.is_some());
        let second = open("::ffff:192.0.2.1").await;
        assert!(second.is_some() && open("192.0.2.1").await.is_none());
        assert!(open("192.0.2.2").await.is_some());
        drop(second);
        assert!(open("192.0.2.1").await.is_some());
        let (_one, _two) = (open("2001:db8::1").await, open("2001:db8::2").await);
        assert!(open("2001:db8::3").await.is_none(), "one network");
        let mut proxy = Vec::new();
        for _ in 0..9 {
            proxy.push(open("10.0.0.1").await.unwrap());
        }
        drop((first, proxy));
        assert_eq!(connections.of_each.keys(), 1, "nothing is kept of who has none");
    }
}
