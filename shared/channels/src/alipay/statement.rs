//! The trade bill of a day: asked for at the gateway, then fetched, unsigned, from an address that is good for 30 seconds.

use super::{
    Alipay,
    biz::{Call, json},
    exchange::Exchanged,
    failure::no_answer,
};
use crate::{ChannelError, MAX_STATEMENT_BYTES, StatementFile};
use bytes::Bytes;
use heatpay_domain::{Channel, calendar::civil_time};
use heatpay_ports::OutboundRequest;
use http::{HeaderMap, Method};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// By this hour of the next day the bill is made; before it, a bill that does not exist may only not exist yet.
const MADE_BY: i8 = 10;

/// The address is good for 30 seconds, the download may go on longer.
const DOWNLOAD_LIMIT: Duration = Duration::from_secs(120);

#[derive(Serialize)]
struct Wanted {
    bill_type: &'static str,
    bill_date: String,
}

#[derive(Deserialize)]
struct Found {
    bill_download_url: String,
}

impl Alipay {
    pub(super) async fn fetch_bill(&self, day: Date, now: Timestamp) -> Result<Option<StatementFile>, ChannelError> {
        let content = json(&Wanted { bill_type: "trade", bill_date: day.to_string() });
        let call = Call::new("alipay.data.dataservice.bill.downloadurl.query", &content);
        let found: Found = match self.call(&call, now).await? {
            Exchanged::Done(found, _) => found,
            Exchanged::Failed(failure) if failure.is(&["BILL_NOT_EXIST", "bill_not_exist", "NO_BILL_DATA"]) => {
                return if is_made(day, now) { Ok(None) } else { Err(not_made()) };
            }
            Exchanged::Failed(failure) => return Err(failure.into_error()),
        };
        let request = OutboundRequest {
            service: "alipay",
            method: Method::GET,
            url: found.bill_download_url,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            timeout: DOWNLOAD_LIMIT,
        };
        let answer = self.outbound.send_within(request, MAX_STATEMENT_BYTES).await;
        let answer = answer.map_err(|error| ChannelError::of_transport(Channel::Alipay, error))?;
        if answer.status.as_u16() != 200 {
            return Err(no_answer(answer.status));
        }
        Ok(Some(StatementFile { name: format!("alipay-{}.zip", day.strftime("%Y%m%d")), bytes: answer.body }))
    }
}

fn is_made(day: Date, now: Timestamp) -> bool {
    let now = civil_time(now);
    day.tomorrow().is_ok_and(|next| now >= next.at(MADE_BY, 0, 0, 0))
}

fn not_made() -> ChannelError {
    ChannelError::TryLater { channel: Channel::Alipay, code: "bill_not_made_yet".to_owned() }
}
