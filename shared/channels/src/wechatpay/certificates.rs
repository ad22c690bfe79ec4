//! Platform certificates: fetched when an unknown serial comes, believed only after the answer that brought them is verified
//! with one of them.

use super::{
    Wechatpay,
    exchange::{incomplete, unclear},
    failure::Failure,
    resource::Resource,
    verify::Signed,
};
use crate::ChannelError;
use http::Method;
use jiff::Timestamp;
use serde::Deserialize;

#[derive(Deserialize)]
struct Listed {
    serial_no: String,
    encrypt_certificate: Resource,
}

#[derive(Deserialize)]
struct Answer {
    data: Vec<Listed>,
}

impl Wechatpay {
    pub(super) async fn fetch_certificates(&self, now: Timestamp) -> Result<(), ChannelError> {
        let answer = self.exchange(Method::GET, "/v3/certificates", None::<&()>, now).await?;
        if !answer.status.is_success() {
            return Err(Failure::of(&answer).into_error());
        }
        let listed: Answer = serde_json::from_slice(&answer.body).map_err(unclear)?;
        let signed = Signed::from_headers(&answer.headers).map_err(|_| incomplete("signature"))?;
        let mut opened = Vec::new();
        for Listed { serial_no, encrypt_certificate } in &listed.data {
            let pem = encrypt_certificate.open(&self.settings.apiv3_key).ok_or_else(|| incomplete("readable certificate"))?;
            opened.push((serial_no, String::from_utf8(pem).map_err(unclear)?));
        }
        // Only somebody with our APIv3 key can have encrypted them; the signature then says it is the whole list.
        let candidate = super::verify::Verifier::empty();
        for (serial, pem) in &opened {
            candidate.keep_certificate(serial, pem);
        }
        let known = self.verifier.check(&signed, &answer.body, now);
        if known.is_err() && candidate.check(&signed, &answer.body, now).is_err() {
            return Err(incomplete("valid signature over the certificates"));
        }
        for (serial, pem) in &opened {
            self.verifier.keep_certificate(serial, pem);
        }
        Ok(())
    }
}
