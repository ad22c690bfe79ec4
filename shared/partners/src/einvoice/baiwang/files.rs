use super::{BAIWANG, Baiwang};
use crate::{PartnerError, einvoice::FileKind};
use bytes::Bytes;
use heatpay_ports::OutboundRequest;
use http::{HeaderMap, Method, Uri};
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(20);

impl Baiwang {
    pub(super) async fn download(&self, url: &str, kind: FileKind) -> Result<Bytes, PartnerError> {
        if !self.may_fetch(url) {
            return Err(PartnerError::refused(
                BAIWANG,
                "foreign_host",
                "the file is not at one of the platform's hosts",
            ));
        }
        let request = OutboundRequest {
            service: BAIWANG,
            method: Method::GET,
            url: url.to_owned(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
            timeout: TIMEOUT,
        };
        let answer = self.outbound.send(request).await.map_err(|error| PartnerError::of_transport(BAIWANG, error))?;
        if answer.status.is_client_error() {
            // Addresses expire: ask for the invoice again and use the fresh one.
            return Err(PartnerError::TryLater { partner: BAIWANG, code: answer.status.as_u16().to_string() });
        }
        if !answer.status.is_success() {
            return Err(PartnerError::unreadable(BAIWANG, &answer, None));
        }
        if !is_of(kind, &answer.body) {
            return Err(PartnerError::refused(BAIWANG, "not_the_file", "the bytes are not of the kind asked for"));
        }
        Ok(answer.body)
    }

    /// The address came from outside: only https to a host we know, or the base URL's own scheme and host.
    fn may_fetch(&self, url: &str) -> bool {
        let (Ok(uri), Ok(base)) = (url.parse::<Uri>(), self.base_url.parse::<Uri>()) else { return false };
        if uri.scheme() == base.scheme() && uri.authority().is_some() && uri.authority() == base.authority() {
            return true;
        }
        let host = uri.host().unwrap_or_default();
        let known = |rule: &String| if rule.starts_with('.') { host.ends_with(rule.as_str()) } else { host == rule };
        let plain = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
        uri.scheme_str() == Some("https") && plain && self.settings.file_hosts.iter().any(known)
    }
}

/// A page that says "expired" must not be kept as somebody's invoice.
fn is_of(kind: FileKind, body: &[u8]) -> bool {
    match kind {
        FileKind::Pdf => body.starts_with(b"%PDF-"),
        FileKind::Ofd => body.starts_with(b"PK"),
        FileKind::Xml => {
            let without_mark = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
            without_mark.trim_ascii_start().starts_with(b"<?xml")
        }
    }
}
