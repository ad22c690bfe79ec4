use super::{
    Wechatpay,
    exchange::{Exchanged, incomplete},
    signature::pay_message,
};
use crate::{ChannelError, OrderRequest};
use heatpay_domain::{Channel, calendar::civil_time, payment::Scene};
use http::Method;
use jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Serialize)]
struct Order<'a> {
    appid: &'a str,
    mchid: &'a str,
    description: String,
    out_trade_no: &'a str,
    time_expire: String,
    notify_url: &'a str,
    amount: Amount,
    #[serde(skip_serializing_if = "Option::is_none")]
    payer: Option<Payer<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scene_info: Option<SceneInfo<'a>>,
}

#[derive(Serialize)]
struct Amount {
    total: i64,
    currency: &'static str,
}

#[derive(Serialize)]
struct Payer<'a> {
    openid: &'a str,
}

#[derive(Serialize)]
struct SceneInfo<'a> {
    payer_client_ip: &'a str,
    h5_info: H5Info,
}

#[derive(Serialize)]
struct H5Info {
    r#type: &'static str,
}

#[derive(Deserialize)]
struct Handles {
    prepay_id: Option<String>,
    h5_url: Option<String>,
    code_url: Option<String>,
}

impl Wechatpay {
    pub(super) async fn place(&self, order: &OrderRequest, now: Timestamp) -> Result<String, ChannelError> {
        let path = match order.scene {
            Scene::Jsapi => "/v3/pay/transactions/jsapi",
            Scene::H5 => "/v3/pay/transactions/h5",
            Scene::Native => "/v3/pay/transactions/native",
            scene @ (Scene::Page | Scene::App | Scene::Counter | Scene::Balance) => {
                return Err(ChannelError::no_such_scene(Channel::Wechatpay, scene));
            }
        };
        let missing = |what: &str| ChannelError::Refused {
            channel: Channel::Wechatpay,
            code: format!("{what}_missing"),
            message: format!("an order of this scene needs the {what}"),
        };
        let body = Order {
            appid: &self.settings.appid,
            mchid: &self.settings.mchid,
            // 1 to 127 characters.
            description: order.description.chars().take(127).collect(),
            out_trade_no: order.payment_no.as_str(),
            time_expire: rfc3339(order.expires_at),
            notify_url: &self.notify_url,
            amount: Amount { total: order.amount.0, currency: "CNY" },
            payer: match order.scene {
                Scene::Jsapi => Some(Payer { openid: order.openid.as_deref().ok_or_else(|| missing("openid"))? }),
                Scene::H5 | Scene::Native | Scene::Page | Scene::App | Scene::Counter | Scene::Balance => None,
            },
            scene_info: match order.scene {
                Scene::H5 => Some(SceneInfo {
                    payer_client_ip: order.client_ip.as_deref().ok_or_else(|| missing("client_ip"))?,
                    h5_info: H5Info { r#type: "Wap" },
                }),
                Scene::Jsapi | Scene::Native | Scene::Page | Scene::App | Scene::Counter | Scene::Balance => None,
            },
        };
        let handles: Handles = match self.call(Method::POST, path, Some(&body), now).await? {
            Exchanged::Done(handles) => handles,
            Exchanged::Failed(failure) => return Err(failure.into_error()),
        };
        match order.scene {
            Scene::Jsapi => handles.prepay_id.ok_or_else(|| incomplete("prepay_id")),
            Scene::H5 => handles.h5_url.ok_or_else(|| incomplete("h5_url")),
            Scene::Native | Scene::Page | Scene::App | Scene::Counter | Scene::Balance => {
                handles.code_url.ok_or_else(|| incomplete("code_url"))
            }
        }
    }

    /// WeChat's page sends the browser back to where `redirect_url` says.
    fn h5_url(&self, handle: &str) -> String {
        match &self.settings.h5_return_url {
            Some(url) => format!("{handle}&redirect_url={}", utf8_percent_encode(url, NON_ALPHANUMERIC)),
            None => handle.to_owned(),
        }
    }

    /// JSAPI: what `wx.requestPayment` takes, with the appid that is signed along (a mini-program does not pass it on).
    pub(super) fn parameters(&self, scene: Scene, handle: &str, now: Timestamp) -> BTreeMap<String, String> {
        let parameters = match scene {
            Scene::Jsapi => {
                let (timestamp, nonce) = (now.as_second().to_string(), self.ids.token(32));
                let package = format!("prepay_id={handle}");
                let message = pay_message(&self.settings.appid, &timestamp, &nonce, &package);
                vec![
                    ("appId", self.settings.appid.clone()),
                    ("timeStamp", timestamp),
                    ("nonceStr", nonce),
                    ("package", package),
                    ("signType", "RSA".to_owned()),
                    ("paySign", self.merchant_key.sign(message.as_bytes())),
                ]
            }
            Scene::H5 => vec![("h5_url", self.h5_url(handle))],
            Scene::Native | Scene::Page | Scene::App | Scene::Counter | Scene::Balance => {
                vec![("code_url", handle.to_owned())]
            }
        };
        parameters.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// `2026-11-23T12:00:00+08:00`.
fn rfc3339(at: Timestamp) -> String {
    format!("{}+08:00", civil_time(at).strftime("%Y-%m-%dT%H:%M:%S"))
}
