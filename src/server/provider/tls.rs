//! TLS with ring and the system's certificates.

use super::address::Address;
use super::error::Error;
use super::settings::Limits;
use crate::server::base::tls::builder;

/// An HTTP client for one URL, with timeouts.
///
/// # Errors
/// [`Error::Setup`] if the system has no certificates.
pub(super) fn client(address: &Address, limits: &Limits) -> Result<reqwest::Client, Error> {
    builder(address.is_loopback())
        .connect_timeout(limits.connect)
        .read_timeout(limits.read)
        .timeout(limits.total)
        .build()
        .map_err(|error| Error::Setup(root_cause(&error)))
}

/// The innermost cause of an error, which contains no URL.
pub(super) fn root_cause(error: &(dyn std::error::Error + 'static)) -> String {
    causes(error).last().map_or_else(String::new, ToString::to_string)
}

/// Why the server's certificate is not trusted, if that is the cause.
pub(super) fn distrust(error: &(dyn std::error::Error + 'static)) -> Option<String> {
    causes(error).find_map(|cause| match cause.downcast_ref::<rustls::Error>()? {
        rustls::Error::InvalidCertificate(why) => Some(match why {
            rustls::CertificateError::UnknownIssuer => "its issuer is unknown".to_owned(),
            why => why.to_string(),
        }),
        _ => None,
    })
}

/// An error and its causes. An I/O error does not return its inner error as its source.
fn causes<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error), |error| {
        let io = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        io.map(|inner| inner as &(dyn std::error::Error + 'static)).or_else(|| error.source())
    })
}
