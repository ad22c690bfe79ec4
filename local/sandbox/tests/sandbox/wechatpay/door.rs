//! Who is let in, and how answers are signed.

use super::rig::{KEYS, PRICE, Rig};
use heatpay_channels::{ChannelError, OrderState, PaymentChannel};
use heatpay_ports::Clock;
use heatpay_sandbox::wechatpay::Signer;
use http::{Method, header};
use jiff::SignedDuration;
use serde_json::json;

const PATH: &str = "/v3/certificates";

#[tokio::test]
async fn a_call_is_let_in_by_its_signature_over_the_raw_bytes() {
    let rig = Rig::new().await;
    let now = rig.clock.now().as_second();
    let good = rig.signed(&Method::GET, PATH, "", now);
    assert_eq!(rig.send(Method::GET, PATH, good.clone(), "").await.0, 200);
    let edited = |from: &str, to: &str| {
        let mut headers = good.clone();
        let authorization = good["authorization"].to_str().unwrap().replace(from, to);
        headers.insert(header::AUTHORIZATION, authorization.parse().unwrap());
        headers
    };
    for (why, headers, body) in [
        ("another scheme", edited("RSA2048", "SM2"), ""),
        ("another merchant", edited(&KEYS.mchid, "1900000000"), ""),
        ("another certificate", edited(&KEYS.merchant_serial, "00"), ""),
        ("another nonce", edited("nonce_str=\"", "nonce_str=\"x"), ""),
        ("no nonce", edited("nonce_str", "nonce"), ""),
        ("a body not signed", good.clone(), "{}"),
        ("six minutes old", rig.signed(&Method::GET, PATH, "", now - 301), ""),
        ("six minutes ahead", rig.signed(&Method::GET, PATH, "", now + 301), ""),
        ("another path signed", rig.signed(&Method::GET, "/v3/certificates?", "", now), ""),
    ] {
        let (status, code) = rig.send(Method::GET, PATH, headers, body).await;
        assert_eq!((status, code.as_str()), (401, "SIGN_ERROR"), "{why}");
    }
    assert_eq!(rig.send(Method::GET, PATH, rig.signed(&Method::GET, PATH, "", now - 300), "").await.0, 200);
}

/// WeChat keeps no nonces: what makes a repeated call harmless is its number.
#[tokio::test]
async fn the_same_call_comes_again_for_five_minutes_and_is_done_once() {
    let rig = Rig::new().await;
    let transaction = rig.paid("P20261120000001").await;
    let body = json!({
        "transaction_id": transaction, "out_refund_no": "R20261120000001",
        "amount": { "refund": 100, "total": PRICE.0, "currency": "CNY" },
    })
    .to_string();
    let path = "/v3/refund/domestic/refunds";
    let call = rig.signed(&Method::POST, path, &body, rig.clock.now().as_second());
    for seconds in [0, 0, 300] {
        rig.clock.seconds(seconds);
        assert_eq!(rig.send(Method::POST, path, call.clone(), &body).await.0, 200);
        rig.party.act().await.unwrap();
    }
    assert_eq!(rig.party.money_held().unwrap(), PRICE.0 - 100);
    rig.clock.seconds(1);
    assert_eq!(rig.send(Method::POST, path, call, &body).await, (401, "SIGN_ERROR".to_owned()));
}

#[tokio::test]
async fn clocks_may_differ_by_five_minutes() {
    let rig = Rig::new().await;
    rig.placed("P20261120000001").await;
    let order = rig.placed_order("P20261120000001");
    for (seconds, believed) in [(-301, false), (-300, true), (300, true), (301, false)] {
        let ours = rig.clock.now() + SignedDuration::from_secs(seconds);
        let asked = rig.client.query_order(&order, ours).await;
        match believed {
            true => assert_eq!(asked.unwrap(), OrderState::Waiting, "{seconds}"),
            false => assert!(matches!(asked, Err(ChannelError::Misconfigured { .. })), "{seconds}: {asked:?}"),
        }
    }
}

#[tokio::test]
async fn a_call_says_what_it_accepts_and_who_it_is() {
    let rig = Rig::new().await;
    for missing in [header::ACCEPT, header::USER_AGENT] {
        let mut headers = rig.signed(&Method::GET, PATH, "", rig.clock.now().as_second());
        headers.insert(&missing, "".parse().unwrap());
        let (status, code) = rig.send(Method::GET, PATH, headers, "").await;
        assert_eq!((status, code.as_str()), (400, "INVALID_REQUEST"), "{missing}");
    }
}

#[tokio::test]
async fn keys_change_from_the_certificate_to_the_public_key_without_a_break() {
    let mut secret = KEYS.merchant_secret();
    let keys = secret.as_object_mut().unwrap();
    keys.insert("public_keys".to_owned(), json!({}));
    keys.remove("public_key_id");
    let old_merchant = Rig::with(secret, None).await;
    let new_merchant = Rig::new().await;
    for rig in [&old_merchant, &new_merchant] {
        rig.party.set_signer(Signer::PlatformCertificate);
        rig.placed("P20261120000001").await;
        assert_eq!(rig.query("P20261120000001").await, OrderState::Waiting);
        rig.party.set_signer(Signer::PublicKey);
    }
    assert_eq!(new_merchant.query("P20261120000001").await, OrderState::Waiting);
    let order = new_merchant.placed_order("P20261120000001");
    assert!(old_merchant.client.query_order(&order, old_merchant.clock.now()).await.is_err(), "a key it does not have");
}
