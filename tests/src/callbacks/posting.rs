//! How bytes of chance become a posting.

use super::Genuine;
use heatpay_domain::Channel;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

/// Headers that a callback may look at.
const NAMES: [&str; 8] = [
    "wechatpay-timestamp",
    "wechatpay-nonce",
    "wechatpay-serial",
    "wechatpay-signature",
    "wechatpay-signature-type",
    "content-type",
    "content-encoding",
    "user-agent",
];

/// The most headers that are made.
const MOST_HEADERS: u8 = 8;

/// What is posted to a channel's callback.
#[derive(Clone, Debug)]
pub(super) struct Posting {
    pub(super) channel: Channel,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// Bytes, taken from the front; there are always more: zeros.
struct Chance<'a>(&'a [u8]);

impl Chance<'_> {
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    /// Below `limit`, which is not zero.
    fn below(&mut self, limit: usize) -> usize {
        (usize::from(self.byte()) * 256 + usize::from(self.byte())) % limit
    }

    fn take(&mut self, length: usize) -> Vec<u8> {
        let (taken, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        taken.to_vec()
    }
}

impl Posting {
    /// Rubbish; a genuine notification that was edited; or parts of one among rubbish.
    pub(super) fn of(bytes: &[u8], genuine: &[Genuine; 3]) -> Self {
        let mut chance = Chance(bytes);
        let genuine = &genuine[usize::from(chance.byte()) % 3];
        let (headers, body) = match chance.byte() % 3 {
            0 => (headers(&mut chance), chance.0.to_vec()),
            1 => edited(genuine, &mut chance),
            _ => parts(genuine, &mut chance),
        };
        Self { channel: genuine.channel, headers, body }
    }
}

fn header(name: &'static str, value: &[u8], into: &mut HeaderMap) {
    if let Ok(value) = HeaderValue::from_bytes(value) {
        into.insert(HeaderName::from_static(name), value);
    }
}

fn headers(chance: &mut Chance<'_>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for _ in 0..chance.byte() % MOST_HEADERS {
        let (name, length) = (usize::from(chance.byte()) % NAMES.len(), usize::from(chance.byte()));
        header(NAMES[name], &chance.take(length), &mut headers);
    }
    headers
}

/// One edit after the other, of the body or of a header, until chance is used up.
fn edited(genuine: &Genuine, chance: &mut Chance<'_>) -> (HeaderMap, Vec<u8>) {
    let (mut headers, mut body) = (genuine.headers.clone(), genuine.body.clone());
    while !chance.0.is_empty() {
        let which = usize::from(chance.byte());
        match NAMES.get(which) {
            Some(name) => {
                let mut value = headers.get(*name).map(|value| value.as_bytes().to_vec()).unwrap_or_default();
                edit(&mut value, chance);
                header(name, &value, &mut headers);
            }
            None => edit(&mut body, chance),
        }
    }
    (headers, body)
}

fn edit(bytes: &mut Vec<u8>, chance: &mut Chance<'_>) {
    let (what, at) = (chance.byte() % 5, chance.below(bytes.len() + 1));
    match what {
        0 => bytes.truncate(at),
        1 => bytes.insert(at, chance.byte()),
        2 => bytes.extend_from_within(at..),
        3 if at < bytes.len() => drop(bytes.remove(at)),
        _ => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= chance.byte().max(1);
            }
        }
    }
}

/// Some of the genuine headers and fields, others made up, in front or behind.
fn parts(genuine: &Genuine, chance: &mut Chance<'_>) -> (HeaderMap, Vec<u8>) {
    let mut kept = headers(chance);
    for (name, value) in &genuine.headers {
        if !chance.byte().is_multiple_of(4) {
            kept.insert(name, value.clone());
        }
    }
    let fields: Vec<&[u8]> = genuine.body.split(|byte| *byte == b'&').filter(|_| chance.byte() % 8 != 1).collect();
    let in_front = chance.byte().is_multiple_of(2);
    let (own, made_up) = (fields.join(&b'&'), chance.0);
    let both = if in_front { [made_up, &own] } else { [&own, made_up] };
    (kept, both.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(&b'&'))
}
