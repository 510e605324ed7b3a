//! Connections: so many in all, and so many of each address, unless it is a trusted proxy's or this machine's, behind which
//! everybody is.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Reason;
use crate::server::config::{Proxies, Sizes};

/// Files and connections that the process has open beside those of callers.
const OTHERS: u64 = 256;

/// Connections that are open.
#[derive(Debug)]
pub struct Connections {
    free: Arc<Semaphore>,
    /// Of an address; none for no limit.
    most_of_one: Option<u32>,
    proxies: Proxies,
    of_each: Mutex<HashMap<IpAddr, u32>>,
}

/// One that is open, until this is dropped.
#[derive(Debug)]
pub struct Connection {
    connections: Arc<Connections>,
    of: Option<IpAddr>,
    _place: OwnedSemaphorePermit,
}

impl Connections {
    /// None is open.
    pub fn new(sizes: &Sizes, proxies: Proxies) -> Self {
        Connections {
            free: Arc::new(Semaphore::new(sizes.connections)),
            most_of_one: sizes.address_connections,
            proxies,
            of_each: Mutex::default(),
        }
    }

    /// A place for the next connection, once there is one.
    pub async fn place(&self) -> OwnedSemaphorePermit {
        Arc::clone(&self.free).acquire_owned().await.expect("nobody closes the semaphore")
    }

    /// The connection of an address; `None` where that has as many as it may.
    pub fn open(self: &Arc<Self>, place: OwnedSemaphorePermit, peer: IpAddr) -> Option<Connection> {
        // Behind this machine's own address there is a proxy, or nobody else.
        let is_shared = peer.to_canonical().is_loopback() || self.proxies.contains(peer);
        let of = self.most_of_one.filter(|_| !is_shared).map(|most| (most, network(peer)));
        if let Some((most, address)) = of {
            let mut of_each = self.of_each.lock().unwrap_or_else(PoisonError::into_inner);
            let count = of_each.entry(address).or_default();
            if *count >= most {
                Reason::Address.count();
                return None;
            }
            *count += 1;
        }
        metrics::gauge!("http_connections").increment(1.0);
        Some(Connection { connections: Arc::clone(self), of: of.map(|(_, address)| address), _place: place })
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        metrics::gauge!("http_connections").decrement(1.0);
        let Some(address) = self.of else { return };
        let mut of_each = self.connections.of_each.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = of_each.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                of_each.remove(&address);
            }
        }
    }
}

/// What one person has: an address, of IPv6 the network that it is in.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
        address => address,
    }
}

/// Lets the process have as many connections open as were configured, as far as the system allows.
pub fn allow_open_files(sizes: &Sizes) {
    let needed = sizes.connections as u64 + OTHERS;
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current.is_some_and(|current| current < needed) {
        limit.current = limit.maximum;
        // Where it is not allowed, fewer are accepted, which the next lines say.
        let _ = setrlimit(Resource::Nofile, limit);
    }
    let allowed = getrlimit(Resource::Nofile).current;
    if let Some(allowed) = allowed.filter(|allowed| *allowed < needed) {
        tracing::warn!(
            allowed,
            needed,
            "the system allows fewer open files than MUSIC_ANALYTICS_MAX_CONNECTIONS needs: raise its limit (ulimit -n)"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_address_has_its_part_and_a_proxy_has_none() {
        let sizes = Sizes { address_connections: Some(2), ..Sizes::default() };
        let connections = Arc::new(Connections::new(&sizes, "10.0.0.0/8".parse().unwrap()));
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
        assert_eq!(connections.of_each.lock().unwrap().len(), 1, "nothing is kept of who has none");
    }
}
