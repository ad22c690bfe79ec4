use super::{
    Unionpay,
    exchange::Answer,
    fields::Fields,
    response::{Class, unreadable},
    times::txn_time,
};
use crate::{ChannelError, OrderRequest};
use heatpay_domain::{Channel, payment::Scene};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// UnionPay refuses the payer so long before we take its word for final: its clock and ours may differ.
pub(super) const SPARE: SignedDuration = SignedDuration::from_secs(60);

/// What a front form is posted to.
const FRONT: &str = "/gateway/api/frontTransReq.do";

impl Unionpay {
    /// An order for the app is made by a call; one in a browser is made by the browser, which posts the form to UnionPay, and
    /// its handle is that form.
    pub(super) async fn place(&self, order: &OrderRequest, now: Timestamp) -> Result<String, ChannelError> {
        let form = match order.scene {
            Scene::H5 => self.order(order, "08").with([("frontUrl", self.return_url.as_str())]),
            Scene::Page => self.order(order, "07").with([("frontUrl", self.return_url.as_str())]),
            Scene::App => self.order(order, "08"),
            scene @ (Scene::Jsapi | Scene::Native | Scene::Counter | Scene::Balance) => {
                return Err(ChannelError::no_such_scene(Channel::Unionpay, scene));
            }
        };
        if now >= order.expires_at - SPARE {
            let message = "the order's time is over".to_owned();
            return Err(ChannelError::Refused { channel: Channel::Unionpay, code: "expired".to_owned(), message });
        }
        match order.scene {
            Scene::H5 | Scene::Page | Scene::Jsapi | Scene::Native | Scene::Counter | Scene::Balance => {
                Ok(form.to_json())
            }
            Scene::App => self.fetch_tn(form, now).await,
        }
    }

    async fn fetch_tn(&self, form: Fields, now: Timestamp) -> Result<String, ChannelError> {
        let url = format!("{}/gateway/api/appTransReq.do", self.base_url);
        let answer: Answer = self.call(url, form.clone(), now).await?;
        match answer.class() {
            Class::Done => {}
            // The order is there, but its `tn` was in an answer that got lost, and UnionPay tells it once: nobody can pay it.
            Class::Duplicate => {
                let message = "the order's tn was told before, and lost".to_owned();
                return Err(ChannelError::Refused { channel: Channel::Unionpay, code: "12".to_owned(), message });
            }
            Class::PaidLate
            | Class::Pending
            | Class::Busy
            | Class::NotFound
            | Class::NotReady
            | Class::Conflict
            | Class::Card
            | Class::Refused
            | Class::Ours
            | Class::Unclear => return Err(answer.error()),
        }
        if answer.fields.get("orderId") != form.get("orderId") {
            return Err(unreadable("order that was sent"));
        }
        answer.need("tn").map(str::to_owned)
    }

    fn order(&self, order: &OrderRequest, channel_type: &str) -> Fields {
        // At most 32 characters.
        let description: String = order.description.chars().take(32).collect();
        self.request([
            ("txnType", "01"),
            ("txnSubType", "01"),
            ("bizType", "000201"),
            ("channelType", channel_type),
            ("orderId", order.payment_no.as_str()),
            ("txnTime", &txn_time(order.placed_at)),
            ("txnAmt", &order.amount.0.to_string()),
            ("currencyCode", "156"),
            ("backUrl", &self.notify_url),
            ("payTimeout", &txn_time(order.expires_at - SPARE)),
            ("orderDesc", &description),
        ])
    }

    /// H5 and Page: `form_action`, and every other entry a field of the form that the browser posts there. App: the `tn` and
    /// `mode` that 云闪付's plug-in takes.
    pub(super) fn parameters(&self, scene: Scene, handle: &str) -> BTreeMap<String, String> {
        match scene {
            Scene::H5 | Scene::Page => {
                let Some(form) = Fields::of_json(handle) else { return BTreeMap::new() };
                let mut parameters = BTreeMap::from(self.merchant_key.sign(form));
                parameters.insert("form_action".to_owned(), format!("{}{FRONT}", self.base_url));
                parameters
            }
            Scene::App | Scene::Jsapi | Scene::Native | Scene::Counter | Scene::Balance => {
                let mode = self.settings.environment.mode();
                [("tn", handle), ("mode", mode)].map(|(name, value)| (name.to_owned(), value.to_owned())).into()
            }
        }
    }
}
