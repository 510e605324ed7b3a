//! A server with a self-signed certificate.

use std::io::Read as _;
use std::net::TcpListener;
use std::sync::Arc;

use music_analytics::server::provider::{Credentials, Error, Recovery, Settings};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::stub::{ARTIST, client};

/// A self-signed test certificate for "localhost".
const CERTIFICATE: &[u8] = include_bytes!("self-signed.cert.der");
const KEY: &[u8] = include_bytes!("self-signed.key.der");

/// Listens on a free port until the test ends.
fn serve() -> u16 {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(KEY));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(
        config.with_no_client_auth().with_single_cert(vec![CertificateDer::from(CERTIFICATE)], key).unwrap(),
    );
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut stream =
                StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), connection.unwrap());
            // The client disconnects as soon as it has seen the certificate.
            let _ = stream.read(&mut [0; 1024]);
        }
    });
    port
}

#[tokio::test]
async fn a_self_signed_certificate_is_said_at_once_and_by_name() {
    let port = serve();
    let address = format!("https://localhost:{port}").parse().unwrap();
    let error = client(Settings::new(address, Credentials::sandbox())).artist(ARTIST).await.unwrap_err();
    let Error::Certificate { host, .. } = &error else { panic!("{error}") };
    assert_eq!(*host, format!("localhost:{port}"));
    assert_eq!(error.recovery(), Recovery::StopAll, "no other question would fare better");
}
