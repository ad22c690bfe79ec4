//! 交易账单: asked for by day, fetched from an address that is good for five minutes, checked against its SHA-1.

mod columns;
mod lines;
mod totals;

use super::{
    Wechatpay,
    exchange::{incomplete, unclear},
    failure::Failure,
};
use crate::{ChannelError, MAX_STATEMENT_BYTES, StatementFile, StatementLines, StatementSource};
use async_trait::async_trait;
use bytes::Bytes;
use flate2::bufread::GzDecoder;
use heatpay_domain::{Channel, statement::BadStatement};
use heatpay_ports::OutboundRequest;
use http::Method;
use jiff::{Timestamp, civil::Date};
use lines::Lines;
use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY};
use serde::Deserialize;
use std::{
    io::{BufReader, Read},
    time::Duration,
};

/// A million lines are some 80 MB.
const TIME_LIMIT: Duration = Duration::from_secs(300);

/// Where the file is.
#[derive(Deserialize)]
struct Offer {
    hash_type: String,
    hash_value: String,
    download_url: String,
}

#[async_trait]
impl StatementSource for Wechatpay {
    async fn fetch_statement(&self, day: Date, now: Timestamp) -> Result<Option<StatementFile>, ChannelError> {
        let path = format!("/v3/bill/tradebill?bill_date={day}&bill_type=ALL&tar_type=GZIP");
        let answer = self.exchange(Method::GET, &path, None::<&()>, now).await?;
        if answer.status.as_u16() != 200 {
            let failure = Failure::of(&answer);
            return match failure.code() {
                "NO_STATEMENT_EXIST" => Ok(None),
                code @ "STATEMENT_CREATING" => {
                    Err(ChannelError::TryLater { channel: Channel::Wechatpay, code: code.to_owned() })
                }
                _ => Err(failure.into_error()),
            };
        }
        self.believe(&answer, now).await?;
        let offer: Offer = serde_json::from_slice(&answer.body).map_err(unclear)?;
        if offer.hash_type != "SHA1" {
            return Err(incomplete("hash of a known type"));
        }
        let bytes = self.download(&offer.download_url, now).await?;
        check_hash(&bytes, &offer.hash_value).map_err(unclear)?;
        let name = format!("wechatpay-{}.csv.gz", day.strftime("%Y%m%d"));
        Ok(Some(StatementFile { name, bytes }))
    }

    fn read_statement<'a>(&self, file: &'a [u8], day: Date) -> Result<StatementLines<'a>, BadStatement> {
        Ok(Box::new(Lines::start(BufReader::with_capacity(1 << 16, unpacked(file)), &self.settings.mchid, day)?))
    }
}

impl Wechatpay {
    /// Fetches the file, signed for its address; the answer is signed by nobody, its hash came signed.
    async fn download(&self, url: &str, now: Timestamp) -> Result<Bytes, ChannelError> {
        let after_scheme = url.split_once("://").map(|(_, rest)| rest);
        let path = after_scheme.and_then(|rest| rest.find('/').map(|at| &rest[at..]));
        let path = path.ok_or_else(|| incomplete("usable download_url"))?;
        let request = OutboundRequest {
            service: "wechatpay",
            method: Method::GET,
            url: url.to_owned(),
            headers: self.headers(&Method::GET, path, "", now),
            body: Bytes::new(),
            timeout: TIME_LIMIT,
        };
        let answer = self.outbound.send_within(request, MAX_STATEMENT_BYTES).await;
        let answer = answer.map_err(|error| ChannelError::of_transport(Channel::Wechatpay, error))?;
        if answer.status.as_u16() == 200 { Ok(answer.body) } else { Err(Failure::of(&answer).into_error()) }
    }
}

/// The text of a file: gzip or plain, whatever was asked for.
fn unpacked(file: &[u8]) -> Box<dyn Read + Send + '_> {
    if file.starts_with(&[0x1f, 0x8b]) { Box::new(GzDecoder::new(file)) } else { Box::new(file) }
}

/// The hash is that of the text, byte order mark and line ends included.
fn check_hash(file: &[u8], expected: &str) -> Result<(), BadStatement> {
    let (mut text, mut hash) = (unpacked(file), Context::new(&SHA1_FOR_LEGACY_USE_ONLY));
    let mut chunk = vec![0; 1 << 16];
    loop {
        match text.read(&mut chunk) {
            Ok(0) => break,
            Ok(read) => hash.update(chunk.get(..read).unwrap_or_default()),
            Err(_) => return Err(BadStatement::Damaged("it cannot be unpacked")),
        }
    }
    let same = hex::encode(hash.finish()).eq_ignore_ascii_case(expected);
    if same { Ok(()) } else { Err(BadStatement::Damaged("its SHA-1 is another")) }
}
