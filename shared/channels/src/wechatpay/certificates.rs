//! Platform certificates: fetched when an unknown serial comes, believed only after the answer that brought them is verified
//! with one of them.

use super::{
    Wechatpay,
    exchange::{incomplete, unclear},
    failure::Failure,
    resource::Resource,
    verify::{Signed, Verifier},
};
use crate::ChannelError;
use http::Method;
use jiff::Timestamp;
use serde::Deserialize;
use std::{ops::RangeInclusive, sync::atomic::Ordering};

#[derive(Deserialize)]
struct Listed {
    serial_no: String,
    effective_time: Timestamp,
    expire_time: Timestamp,
    encrypt_certificate: Resource,
}

#[derive(Deserialize)]
struct Answer {
    data: Vec<Listed>,
}

/// A certificate of the list, decrypted.
struct Opened<'a> {
    serial: &'a str,
    pem: String,
    valid: RangeInclusive<i64>,
}

/// Anybody may post to our callback naming a serial that we do not know; WeChat is asked no oftener than this.
const ASKED_AGAIN_AFTER_SECONDS: i64 = 60;

impl Wechatpay {
    /// Whether an unknown serial is worth asking for: it may be a certificate's, and we have not just asked.
    pub(super) fn may_fetch_certificates(&self, serial: &str, now: Timestamp) -> bool {
        let may_be_one = serial.len() == 40 && serial.bytes().all(|b| b.is_ascii_hexdigit());
        let now = now.as_second();
        self.settings.certificate_mode
            && may_be_one
            && self
                .certificates_asked_at
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |before| {
                    (now >= before.saturating_add(ASKED_AGAIN_AFTER_SECONDS)).then_some(now)
                })
                .is_ok()
    }

    pub(super) async fn fetch_certificates(&self, now: Timestamp) -> Result<(), ChannelError> {
        let answer = self.exchange(Method::GET, "/v3/certificates", None::<&()>, now).await?;
        if answer.status.as_u16() != 200 {
            return Err(Failure::of(&answer).into_error());
        }
        let listed: Answer = serde_json::from_slice(&answer.body).map_err(unclear)?;
        let signed = Signed::from_headers(&answer.headers).map_err(unclear)?;
        let opened = listed.data.iter().map(|listed| self.open(listed)).collect::<Result<Vec<_>, _>>()?;
        // Only somebody with our APIv3 key can have encrypted them; the signature then says it is the whole list.
        let candidate = Verifier::empty();
        if !opened.iter().all(|one| one.keep(&candidate)) {
            return Err(incomplete("certificate of the serial it names"));
        }
        let known = self.verifier.check(&signed, &answer.body, now);
        known.or_else(|_| candidate.check(&signed, &answer.body, now)).map_err(unclear)?;
        for one in &opened {
            one.keep(&self.verifier);
        }
        Ok(())
    }

    fn open<'a>(&self, listed: &'a Listed) -> Result<Opened<'a>, ChannelError> {
        let pem = listed.encrypt_certificate.open(&self.settings.apiv3_key);
        let pem = pem.ok_or_else(|| incomplete("readable certificate"))?;
        Ok(Opened {
            serial: &listed.serial_no,
            pem: String::from_utf8(pem).map_err(unclear)?,
            valid: listed.effective_time.as_second()..=listed.expire_time.as_second(),
        })
    }
}

impl Opened<'_> {
    fn keep(&self, verifier: &Verifier) -> bool {
        verifier.keep_certificate(&self.pem, self.serial, self.valid.clone())
    }
}
