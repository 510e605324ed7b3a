//! Hosts and addresses.

use std::net::{IpAddr, Ipv6Addr};

/// Whether `host`, with or without a port, names the loopback interface.
pub fn is_loopback(host: &str) -> bool {
    let Ok(authority) = host.parse::<http::uri::Authority>() else { return false };
    if authority.as_str().contains('@') {
        return false;
    }
    let name = authority.host();
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    name.eq_ignore_ascii_case("localhost")
        || address.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

/// Identifies a client: the address, or for IPv6 its /64 network.
pub fn client_network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_hosts() {
        for host in
            ["localhost", "LOCALHOST:3000", "127.0.0.1", "127.0.0.1:3000", "127.8.8.8", "[::1]", "[::1]:3000"]
        {
            assert!(is_loopback(host), "{host}");
        }
        for host in
            ["", "example.com", "127.0.0.1.example.com", "localhost.example.com", "10.0.0.1", "[::]", "::1:x"]
        {
            assert!(!is_loopback(host), "{host}");
        }
        assert!(!is_loopback("localhost@example.com") && !is_loopback("example.com@localhost"));
    }
}
