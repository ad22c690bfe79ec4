//! Whatever is posted to the channels' callbacks. Bytes of chance become postings that are often nearly genuine; the property tests and
//! the fuzzer hand the same bytes to the same question.

mod posting;

use crate::town::{CHANNELS, Town};
use heatpay_domain::Channel;
use heatpay_sandbox::{alipay, unionpay, wechatpay};
use posting::Posting;
use reqwest::{StatusCode, header::HeaderMap};
use std::collections::BTreeMap;
use tokio::runtime::{Builder, Runtime};

/// What WeChat Pay signs with.
const SIGNED: [&str; 4] = ["wechatpay-timestamp", "wechatpay-nonce", "wechatpay-serial", "wechatpay-signature"];

/// A notification as its channel sends it.
struct Genuine {
    channel: Channel,
    headers: HeaderMap,
    body: Vec<u8>,
}

/// The suite with its callbacks, and money that each channel has told of.
pub struct Callbacks {
    runtime: Runtime,
    town: Town,
    http: reqwest::Client,
    genuine: [Genuine; 3],
}

/// What became of a posting.
#[derive(Debug)]
struct Answered {
    status: StatusCode,
    text: String,
    /// How many messages the queues have more than before.
    enqueued: u64,
}

impl Callbacks {
    /// The suite starts.
    ///
    /// # Panics
    /// If it does not.
    pub fn open() -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
        let town = runtime.block_on(Town::empty(1, None));
        let genuine = CHANNELS.map(|channel| genuine(&town, channel));
        let http = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
        Self { runtime, town, http, genuine }
    }

    /// The genuine notifications are acknowledged, and handed on.
    pub fn takes_the_genuine(&self) -> Result<(), String> {
        for genuine in &self.genuine {
            let posting =
                Posting { channel: genuine.channel, headers: genuine.headers.clone(), body: genuine.body.clone() };
            let answered = self.runtime.block_on(self.post(&posting));
            if !answered.status.is_success() || answered.enqueued != 1 {
                return Err(format!("{:?} was not taken: {answered:?}", genuine.channel));
            }
        }
        Ok(())
    }

    /// What these bytes make, posted: it breaks nothing, and what its channel did not sign is neither acknowledged nor handed on.
    pub fn believes_only_the_signed(&self, bytes: &[u8]) -> Result<(), String> {
        let posting = Posting::of(bytes, &self.genuine);
        let answered = self.runtime.block_on(self.post(&posting));
        let told = || format!("{:?} {answered:?} to {posting:?}", posting.channel);
        if answered.status.is_server_error() {
            return Err(format!("it broke: {}", told()));
        }
        let acknowledged = answered.status.is_success() || matches!(answered.text.trim(), "success" | "ok");
        let genuine = self.genuine.iter().any(|genuine| genuine.says_the_same(&posting));
        if (acknowledged || answered.enqueued > 0) && !genuine {
            return Err(format!("it was believed: {}", told()));
        }
        Ok(())
    }

    async fn post(&self, posting: &Posting) -> Answered {
        let before = self.waiting().await;
        let url = format!("{}/callbacks/{}", self.town.world.base_url, posting.channel.name());
        let request = self.http.post(url).headers(posting.headers.clone()).body(posting.body.clone());
        let answer = request.send().await.expect("an answer");
        let (status, text) = (answer.status(), answer.text().await.unwrap_or_default());
        Answered { status, text, enqueued: self.waiting().await - before }
    }

    /// How many messages all queues hold.
    async fn waiting(&self) -> u64 {
        let counts = self.town.world.engines.queues.counts().await.expect("the queues answer");
        counts.iter().map(|queue| queue.visible + queue.delayed + queue.in_flight).sum()
    }
}

/// What the channel tells of a payment.
fn genuine(town: &Town, channel: Channel) -> Genuine {
    let parties = &town.world.parties;
    // Nothing is sent by itself: the clock stands still and nobody lets the channels act.
    let nowhere = "http://127.0.0.1:9/";
    let (headers, body) = match channel {
        Channel::Wechatpay => {
            let paid = parties.wechatpay.pay_unknown(100, nowhere).expect("money");
            parties.wechatpay.notification(&paid.out_trade_no, wechatpay::Sending::Proper).expect("it is paid")
        }
        Channel::Alipay => {
            let paid = parties.alipay.pay_unknown(100, nowhere).expect("money");
            let form = parties.alipay.notification(&paid.out_trade_no, alipay::Sending::Proper).expect("it is paid");
            (HeaderMap::new(), form.0)
        }
        Channel::Unionpay => {
            let paid = parties.unionpay.pay_unknown(100, nowhere).expect("money");
            let form = parties.unionpay.notification(&paid.order_id, unionpay::Sending::Proper);
            (HeaderMap::new(), form.expect("it is paid"))
        }
        Channel::Cash | Channel::Pos | Channel::Cheque | Channel::Transfer | Channel::Prepayment => {
            panic!("the counter tells nobody")
        }
    };
    Genuine { channel, headers, body: body.into_bytes() }
}

impl Genuine {
    /// The posting says what this notification says, and is signed by the same.
    fn says_the_same(&self, posting: &Posting) -> bool {
        let same_headers = || SIGNED.iter().all(|name| self.headers.get(*name) == posting.headers.get(*name));
        let same_values = |empty: bool| {
            let values = values(&self.body, empty, true);
            values == self::values(&posting.body, empty, true) || values == self::values(&posting.body, empty, false)
        };
        self.channel == posting.channel
            && match self.channel {
                Channel::Wechatpay => self.body == posting.body && same_headers(),
                Channel::Alipay => same_values(true),
                // Empty values are not signed.
                Channel::Unionpay => same_values(false),
                Channel::Cash | Channel::Pos | Channel::Cheque | Channel::Transfer | Channel::Prepayment => false,
            }
    }
}

/// The values of a form; of a name that comes twice the last, or the first. Without the empty ones where those do not count.
fn values(body: &[u8], empty: bool, last: bool) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    for (name, value) in url::form_urlencoded::parse(body).into_owned() {
        if last || !values.contains_key(&name) {
            values.insert(name, value);
        }
    }
    values.retain(|_, value| empty || !value.trim().is_empty());
    values
}
