use super::{
    Alipay,
    biz::{Call, json},
    exchange::Exchanged,
    failure::incomplete,
    time,
};
use crate::{ChannelError, OrderRequest};
use heatpay_domain::{Channel, payment::Scene};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Serialize)]
struct Order<'a> {
    out_trade_no: &'a str,
    total_amount: String,
    subject: String,
    product_code: &'static str,
    time_expire: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    op_app_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    buyer_open_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quit_url: Option<&'a str>,
}

#[derive(Deserialize)]
struct Handles {
    out_trade_no: String,
    trade_no: Option<String>,
    qr_code: Option<String>,
}

/// The method a scene is ordered by.
fn method(scene: Scene) -> Option<(&'static str, &'static str)> {
    match scene {
        Scene::Jsapi => Some(("alipay.trade.create", "JSAPI_PAY")),
        Scene::H5 => Some(("alipay.trade.wap.pay", "QUICK_WAP_WAY")),
        Scene::Page => Some(("alipay.trade.page.pay", "FAST_INSTANT_TRADE_PAY")),
        Scene::Native => Some(("alipay.trade.precreate", "QR_CODE_OFFLINE")),
        Scene::App | Scene::Counter | Scene::Balance => None,
    }
}

impl Alipay {
    /// A page's order is made when the payer signs in there: its handle is the order itself, and nobody is called.
    pub(super) async fn place(&self, order: &OrderRequest, now: Timestamp) -> Result<String, ChannelError> {
        let scene = order.scene;
        let Some((method, product_code)) = method(scene) else {
            return Err(ChannelError::no_such_scene(Channel::Alipay, scene));
        };
        let content = json(&Order {
            out_trade_no: order.payment_no.as_str(),
            total_amount: order.amount.yuan(),
            subject: subject(&order.description),
            product_code,
            time_expire: time::written(order.expires_at),
            op_app_id: (scene == Scene::Jsapi).then(|| self.mini_program()),
            buyer_open_id: match scene {
                Scene::Jsapi => Some(order.openid.as_deref().ok_or_else(payer_missing)?),
                Scene::H5 | Scene::Page | Scene::Native | Scene::App | Scene::Counter | Scene::Balance => None,
            },
            quit_url: self.settings.return_url.as_deref().filter(|_| scene == Scene::H5),
        });
        if matches!(scene, Scene::H5 | Scene::Page) {
            return Ok(content);
        }
        let more = [("notify_url", self.notify_url.as_str())];
        let call = Call { method, biz_content: Some(&content), more: &more };
        let handles: Handles = match self.call(&call, now).await? {
            Exchanged::Done(handles, _) => handles,
            Exchanged::Failed(failure) => return Err(failure.into_error()),
        };
        if handles.out_trade_no != order.payment_no.as_str() {
            return Err(incomplete("order that was placed"));
        }
        match scene {
            Scene::Jsapi => handles.trade_no.ok_or_else(|| incomplete("trade_no")),
            Scene::Native | Scene::H5 | Scene::Page | Scene::App | Scene::Counter | Scene::Balance => {
                handles.qr_code.ok_or_else(|| incomplete("qr_code"))
            }
        }
    }

    /// Jsapi: what `my.tradePay` takes. H5 and Page: the signed address of Alipay's page. Native: the text of the QR code.
    pub(super) fn parameters(&self, scene: Scene, handle: &str, now: Timestamp) -> BTreeMap<String, String> {
        let (name, value) = match scene {
            Scene::Jsapi => ("tradeNO", handle.to_owned()),
            Scene::H5 => ("h5_url", self.page_url("alipay.trade.wap.pay", handle, now)),
            Scene::Page => ("page_url", self.page_url("alipay.trade.page.pay", handle, now)),
            Scene::Native | Scene::App | Scene::Counter | Scene::Balance => ("code_url", handle.to_owned()),
        };
        BTreeMap::from([(name.to_owned(), value)])
    }

    fn page_url(&self, method: &'static str, content: &str, now: Timestamp) -> String {
        let more = [("notify_url", self.notify_url.as_str())];
        let call = Call { method, biz_content: Some(content), more: &more };
        self.url(&self.parameters_of(&call, self.settings.return_url.as_deref(), now))
    }
}

fn payer_missing() -> ChannelError {
    ChannelError::Refused {
        channel: Channel::Alipay,
        code: "openid_missing".to_owned(),
        message: "an order of this scene needs the openid".to_owned(),
    }
}

/// At most 256 characters, without `/`, `=` and `&`.
fn subject(description: &str) -> String {
    let plain = |c: char| if matches!(c, '/' | '=' | '&') || c.is_control() { ' ' } else { c };
    description.chars().take(256).map(plain).collect()
}
