use super::{WEIXIN, Weixin};
use crate::PartnerError;
use heatpay_domain::calendar::civil_time;
use jiff::Timestamp;
use serde::Deserialize;

/// The "shipping" of a heating fee: a service without a parcel, told to WeChat so that the money is released.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shipping {
    /// WeChat Pay's transaction number.
    pub transaction_id: String,
    /// Who paid.
    pub payer_openid: String,
    /// What was bought, 1–120 characters; longer text is cut.
    pub description: String,
}

/// What came of telling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShippingOutcome {
    /// Taken.
    Done,
    /// WeChat had it already.
    AlreadyDone,
    /// WeChat does not find the payment. It lags a few seconds behind: tell again for ten minutes, then a person must look.
    PaymentNotFound,
    /// Refunded or otherwise past shipping: stop.
    NotShippable,
    /// The openid is not the payer's: our data is wrong.
    WrongPayer,
}

#[derive(Deserialize)]
struct Managed {
    is_trade_managed: bool,
}

impl Weixin {
    /// Whether WeChat freezes our money until shipping is told (it depends on the mini-program's category).
    pub async fn is_trade_managed(&self, now: Timestamp) -> Result<bool, PartnerError> {
        let body = serde_json::json!({ "appid": self.settings.appid });
        let answer = self.call::<Managed>("/wxa/sec/order/is_trade_managed", &body, now).await?;
        answer.map(|managed| managed.is_trade_managed).map_err(super::call::Refusal::into_error)
    }

    /// Tells WeChat that the service was delivered. `now` dates it, and must grow when it is told again.
    pub async fn upload_shipping(&self, shipping: &Shipping, now: Timestamp) -> Result<ShippingOutcome, PartnerError> {
        let description: String = shipping.description.chars().take(120).collect();
        // RFC 3339 with milliseconds, in China's time.
        let at = civil_time(now).strftime("%Y-%m-%dT%H:%M:%S%.3f+08:00").to_string();
        let body = serde_json::json!({
            "order_key": { "order_number_type": 2, "transaction_id": shipping.transaction_id },
            "logistics_type": 3,
            "delivery_mode": 1,
            "shipping_list": [{ "item_desc": description }],
            "upload_time": at,
            "payer": { "openid": shipping.payer_openid },
        });
        let answer = self.call::<serde_json::Value>("/wxa/sec/order/upload_shipping_info", &body, now).await?;
        let Err(refusal) = answer else { return Ok(ShippingOutcome::Done) };
        match refusal.errcode {
            10_060_002 | 10_060_003 | 10_060_023 => Ok(ShippingOutcome::AlreadyDone),
            10_060_001 => Ok(ShippingOutcome::PaymentNotFound),
            10_060_004 => Ok(ShippingOutcome::NotShippable),
            10_060_031 => Ok(ShippingOutcome::WrongPayer),
            10_060_012 | 10_060_019 => {
                Err(PartnerError::TryLater { partner: WEIXIN, code: refusal.errcode.to_string() })
            }
            _ => Err(refusal.into_error()),
        }
    }
}
