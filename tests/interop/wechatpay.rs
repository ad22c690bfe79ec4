//! The SDK as the merchant of our sandbox of WeChat Pay.

use crate::{node, serve};
use axum::{Router, extract::State, http::HeaderMap, routing::post};
use heatpay_local::{chance::SeededIds, clock::SuiteClock};
use heatpay_ports::Clock;
use heatpay_sandbox::wechatpay::{Sending, Signer, Wechatpay};
use heatpay_tests::town::{MORNING, keys};
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

/// What came to the merchant's notify_url: headers and body, as the script reads them.
type Notices = Arc<Mutex<Vec<Value>>>;

struct Street {
    clock: Arc<SuiteClock>,
    party: Wechatpay,
    base_url: String,
    notify_url: String,
    notices: Notices,
}

async fn keep(State(notices): State<Notices>, headers: HeaderMap, body: String) {
    let headers: BTreeMap<_, _> =
        headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
    notices.lock().unwrap().push(json!({ "headers": headers, "body": body }));
}

impl Street {
    /// WeChat Pay, and a merchant who keeps what comes.
    async fn new() -> Self {
        let clock = Arc::new(SuiteClock::fixed(MORNING.parse().unwrap()));
        let party = Wechatpay::open(keys(), None, clock.clone(), Arc::new(SeededIds::new(7))).unwrap();
        party.set_own_url("http://desk.example");
        let notices = Notices::default();
        let base_url = serve(party.router()).await;
        let merchant = Router::new().route("/notify", post(keep)).with_state(notices.clone());
        let notify_url = serve(merchant).await + "/notify";
        Self { clock, party, base_url, notify_url, notices }
    }

    /// What the SDK makes of it.
    async fn sdk(&self, act: &str, more: &Value) -> Value {
        let mut given = json!({
            "keys": self.party.keys(), "base_url": self.base_url, "notify_url": self.notify_url,
            "now": self.clock.now().as_second(),
        });
        given.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let said = node::run("wechatpay.mjs", &[act], &given).await;
        serde_json::from_str(&said).unwrap_or_else(|error| panic!("{act}: {error}: {said}"))
    }

    /// Orders are placed by the SDK, and one is paid with the parameters it signed.
    async fn paid(&self) {
        let parameters = self.sdk("order", &json!({})).await;
        self.party.pay_with_client_parameters(&serde_json::from_value(parameters).unwrap()).unwrap();
    }

    /// What the SDK reads in the notifications that came since the last look.
    async fn read_notices(&self) -> Vec<Value> {
        self.party.act().await.unwrap();
        let came = std::mem::take(&mut *self.notices.lock().unwrap());
        let mut read = Vec::new();
        for notification in came {
            read.push(self.read(&notification).await);
        }
        read
    }

    async fn read(&self, notification: &Value) -> Value {
        self.sdk("read", &json!({ "notification": notification })).await
    }
}

#[tokio::test]
async fn the_sdk_orders_in_three_ways_pays_queries_closes_and_refunds() {
    let street = Street::new().await;
    street.paid().await;
    let paid = street.sdk("refund", &json!({})).await;
    let notices = street.read_notices().await;
    assert_eq!(notices, [json!({ "believed": true, "event_type": "TRANSACTION.SUCCESS", "said": paid })]);

    street.clock.advance(SignedDuration::from_secs(2)).unwrap();
    assert_eq!(street.party.act().await.unwrap(), 2, "the refund comes through, and is told");
    let refunded = street.sdk("refunded", &json!({})).await;
    assert_eq!((&refunded["status"], &refunded["transaction_id"]), (&json!("SUCCESS"), &paid["transaction_id"]));
    let [notice] = &*street.read_notices().await else { panic!("one notification of the refund") };
    assert_eq!(
        (&notice["event_type"], &notice["said"]["refund_status"]),
        (&json!("REFUND.SUCCESS"), &json!("SUCCESS"))
    );
    assert_eq!(notice["said"]["refund_id"], refunded["refund_id"]);
    assert_eq!(street.party.money_held().unwrap(), 223_000);
}

#[tokio::test]
async fn the_sdk_believes_the_platform_certificate_too() {
    let street = Street::new().await;
    street.party.set_signer(Signer::PlatformCertificate);
    street.paid().await;
    let [notice] = &*street.read_notices().await else { panic!("one notification of the payment") };
    assert_eq!(notice["said"]["out_trade_no"], "JSAPI-0001", "{notice}");
    let keys = street.party.keys();
    let certificate = street.sdk("certificates", &json!({})).await;
    for serial in ["serial_no", "serial_inside"] {
        assert_eq!(certificate[serial], keys.platform_serial.as_str(), "{serial}");
    }
    assert_eq!(certificate["pem"], keys.platform_certificate.as_str());
}

#[tokio::test]
async fn what_is_not_properly_signed_is_believed_by_neither_side() {
    let street = Street::new().await;
    street.paid().await;
    street.sdk("distrust", &json!({})).await;
    for (sending, believed) in [(Sending::Proper, true), (Sending::Altered, false), (Sending::SignTest, false)] {
        street.party.post_notification("JSAPI-0001", sending).await.unwrap();
        let notification = street.notices.lock().unwrap().pop().unwrap();
        assert_eq!(street.read(&notification).await["believed"], believed, "{sending:?}");
    }
}

#[tokio::test]
async fn the_sdk_reads_the_bill_of_a_day() {
    let street = Street::new().await;
    street.paid().await;
    street.clock.advance(SignedDuration::from_hours(24)).unwrap();
    let bill = street.sdk("bill", &json!({ "bill_date": "2026-11-23" })).await;
    let [row] = bill["rows"].as_array().unwrap().as_slice() else { panic!("one payment: {bill}") };
    assert_eq!((&row["商户订单号"], &row["应结订单金额"]), (&json!("JSAPI-0001"), &json!("2238.00")), "{bill}");
    assert_eq!(bill["summary"]["总交易单数"], "1", "{bill}");
}
