use crate::gateway::{Signer, client, form, merchant, now, secret_with, signed_form, vectors};
use heatpay_channels::{Notification, NotificationError, PaymentChannel, RefundState, alipay::Alipay};
use heatpay_domain::{Channel, EvidenceSource, Fen};
use http::HeaderMap;
use proptest::prelude::*;
use serde_json::json;
use std::{collections::BTreeMap, sync::LazyLock};

/// A notification of the vectors by its place.
fn vector(at: usize) -> String {
    vectors()["notify"][at]["form_body"].as_str().unwrap().to_owned()
}

async fn read(alipay: &Alipay, body: &str) -> Result<Notification, NotificationError> {
    alipay.read_notification(&HeaderMap::new(), body.as_bytes(), now()).await
}

/// The payment's notification of the vectors with some parameters changed (an empty text stays in), signed again.
fn with(changes: &[(&str, &str)]) -> String {
    let mut parameters = form(vector(0).as_bytes());
    parameters.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    signed_form(Signer::Alipay, parameters)
}

#[tokio::test]
async fn a_payments_notification_becomes_evidence() {
    let Ok(Notification::Paid(evidence)) = read(&merchant(), &vector(0)).await else { panic!("it is a payment") };
    assert_eq!((evidence.channel, evidence.source), (Channel::Alipay, EvidenceSource::Callback));
    assert_eq!((evidence.merchant.as_str(), evidence.payment_no.as_str()), ("2088000000000001", "HF20260101000001"));
    assert_eq!((evidence.amount, evidence.channel_txn.as_str()), (Fen(123_456), "2026010122001400001"));
    assert_eq!(evidence.paid_at.to_string(), "2026-01-01T00:00:05Z");
    assert_eq!(evidence.payer.as_deref(), Some("2088000000000009"));
    assert_eq!(evidence.raw, vector(0));
}

#[tokio::test]
async fn an_empty_value_is_a_part_of_what_is_signed() {
    assert!(matches!(read(&merchant(), &vector(2)).await, Ok(Notification::Paid(_))));
    assert!(matches!(read(&merchant(), &vector(3)).await, Err(NotificationError::NotAuthentic(_))));
}

#[tokio::test]
async fn a_changed_amount_is_a_forgery() {
    assert!(matches!(read(&merchant(), &vector(1)).await, Err(NotificationError::NotAuthentic(_))));
}

#[tokio::test]
async fn a_refunds_notification_names_the_refund_or_proves_the_payment() {
    let back = [("gmt_refund", "2026-01-01 09:00:00.123"), ("refund_fee", "23.45"), ("out_biz_no", "R01KB1Q2Z3")];
    for status in ["TRADE_SUCCESS", "TRADE_CLOSED"] {
        let body = with(&[&back[..], &[("trade_status", status)]].concat());
        let Ok(Notification::Refund { refund_no, state }) = read(&merchant(), &body).await else { panic!("{status}") };
        assert_eq!((refund_no.as_str(), state), ("R01KB1Q2Z3", RefundState::Processing));
        let unnamed = with(&[&back[..2], &[("trade_status", status)]].concat());
        assert!(matches!(read(&merchant(), &unnamed).await, Ok(Notification::Paid(_))), "{status}");
    }
    let nothing_back = with(&[("refund_fee", "0.00"), ("out_biz_no", "")]);
    assert!(matches!(read(&merchant(), &nothing_back).await, Ok(Notification::Paid(_))));
}

#[tokio::test]
async fn an_order_closed_unpaid_moves_no_money() {
    for status in ["TRADE_CLOSED", "WAIT_BUYER_PAY"] {
        let body = with(&[("trade_status", status), ("gmt_payment", "")]);
        assert_eq!(read(&merchant(), &body).await.unwrap(), Notification::NoMoney);
    }
}

#[tokio::test]
async fn a_notification_that_is_not_for_us_is_left_to_a_person() {
    let other_app = client(&secret_with(&json!({ "app_id": "2021000000000002" })), "http://127.0.0.1:9");
    let other_seller = client(&secret_with(&json!({ "seller_id": "2088000000000002" })), "http://127.0.0.1:9");
    for alipay in [other_app, other_seller] {
        assert!(matches!(read(&alipay, &vector(0)).await, Err(NotificationError::NotForUs(_))));
    }
    for change in [
        ("notify_type", "servicewindow"),
        ("trade_status", "TRADE_PENDING"),
        ("total_amount", "1234.567"),
        ("trade_no", ""),
        ("gmt_payment", "soon"),
        ("seller_id", ""),
    ] {
        let answer = read(&merchant(), &with(&[change])).await;
        assert!(matches!(answer, Err(NotificationError::NotForUs(_))), "{change:?}: {answer:?}");
    }
}

#[tokio::test]
async fn a_forged_notification_is_not_believed() {
    let good = form(vector(0).as_bytes());
    let without = |name: &str| {
        let mut parameters = good.clone();
        parameters.remove(name);
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&parameters).finish()
    };
    let ours = signed_form(Signer::Application, good.clone());
    let twice = format!("{}&total_amount=0.01", vector(0));
    let many = format!("{}&{}", vector(0), (0..200).map(|at| format!("x{at}=1")).collect::<Vec<_>>().join("&"));
    let old_kind = vector(0).replace("sign_type=RSA2", "sign_type=RSA");
    for body in
        [without("sign"), without("sign_type"), without("notify_id"), ours, twice, many, old_kind, String::new()]
    {
        let answer = read(&merchant(), &body).await;
        assert!(matches!(answer, Err(NotificationError::NotAuthentic(_))), "{body}: {answer:?}");
    }
}

static MERCHANT: LazyLock<Alipay> = LazyLock::new(merchant);
static GOOD: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| form(vector(0).as_bytes()));

fn run(body: &[u8]) -> Result<Notification, NotificationError> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(MERCHANT.read_notification(&HeaderMap::new(), body, now()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever is posted, nothing is believed and nothing breaks.
    #[test]
    fn no_rubbish_is_ever_believed(body in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(matches!(run(&body), Err(NotificationError::NotAuthentic(_))));
    }

    /// A true notification of which one value changed, came or went is forged.
    #[test]
    fn one_changed_value_is_a_forgery(at in any::<prop::sample::Index>(), value in "\\PC{0,20}", remove: bool) {
        let mut parameters = GOOD.clone();
        let name = parameters.keys().nth(at.index(parameters.len())).unwrap().clone();
        prop_assume!(remove || parameters[&name] != value);
        if remove { parameters.remove(&name); } else { parameters.insert(name, value); }
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&parameters).finish();
        prop_assert!(matches!(run(body.as_bytes()), Err(NotificationError::NotAuthentic(_))));
    }
}
