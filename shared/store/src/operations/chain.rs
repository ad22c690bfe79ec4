//! What chains the entries: HMAC-SHA-256 over every field with its length before it, so that no two entries read alike.

use super::entry::Entry;
use heatpay_domain::StaffNo;
use ring::hmac;
use serde::Deserialize;
use std::fmt;

#[derive(Clone)]
pub(super) struct ChainKey(hmac::Key);

impl fmt::Debug for ChainKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChainKey")
    }
}

/// How far a chain has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Head {
    /// How many entries it has.
    pub(super) count: u64,
    /// The last one's hash; empty before the first.
    pub(super) hash: String,
    /// That this was written by us.
    pub(super) mac: String,
}

impl ChainKey {
    pub(super) fn new(text: &str) -> Option<Self> {
        (text.len() >= 32).then(|| Self(hmac::Key::new(hmac::HMAC_SHA256, text.as_bytes())))
    }

    /// The hash an entry must have.
    pub(super) fn hash(&self, entry: &Entry) -> String {
        let seq = entry.seq.to_string();
        let at = entry.at.to_string();
        self.tag(&[
            Some("entry"),
            Some(entry.staff_no.as_str()),
            Some(&seq),
            Some(&at),
            Some(&entry.what),
            Some(&entry.object),
            entry.branch.as_deref(),
            entry.before.as_deref(),
            entry.after.as_deref(),
            entry.request_id.as_deref(),
            Some(&entry.previous),
        ])
    }

    /// The head of a chain whose last entry that is.
    pub(super) fn head(&self, staff_no: &StaffNo, count: u64, hash: String) -> Head {
        let mac = self.tag(&[Some("head"), Some(staff_no.as_str()), Some(&count.to_string()), Some(&hash)]);
        Head { count, hash, mac }
    }

    fn tag(&self, fields: &[Option<&str>]) -> String {
        let mut context = hmac::Context::with_key(&self.0);
        for field in fields {
            // A field that is not there is another than an empty one.
            let length = field.map_or(u64::MAX, |field| field.len() as u64);
            context.update(&length.to_be_bytes());
            context.update(field.unwrap_or_default().as_bytes());
        }
        context.sign().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
