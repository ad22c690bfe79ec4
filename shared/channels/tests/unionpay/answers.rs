//! What may be done next, by what came back.

use crate::host::{Answer, Host, bare, client, now, says, secret, secret_with, sign_with, vector};
use heatpay_channels::{ChannelError, OrderRequest, PaymentChannel};
use heatpay_domain::{Fen, PaymentNo, payment::Scene};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// The order of the vectors but for its number, which is no payment's; a refusal names none.
async fn place_at(secret: &Value, answer: Answer, at: Timestamp) -> Result<String, ChannelError> {
    let host = Host::answering([answer]).await;
    let order = OrderRequest {
        payment_no: PaymentNo::parse("P20260101000001").unwrap(),
        amount: Fen(1),
        description: "供热费".to_owned(),
        scene: Scene::App,
        placed_at: at,
        openid: None,
        client_ip: None,
        expires_at: at + SignedDuration::from_mins(30),
    };
    client(secret, &host.base_url).place_order(&order, at).await
}

async fn place(answer: Answer) -> Result<String, ChannelError> {
    place_at(&secret(), answer, now()).await
}

/// `unknown`, `later`, `refused`, `settings`.
fn class(error: &ChannelError) -> &'static str {
    match error {
        ChannelError::OutcomeUnknown { .. } => "unknown",
        ChannelError::TryLater { .. } => "later",
        ChannelError::Refused { .. } => "refused",
        ChannelError::Misconfigured { .. } => "settings",
    }
}

#[tokio::test]
async fn every_code_says_what_may_be_done() {
    for (wanted, codes) in [
        ("unknown", "03 04 05 42 74 99 88 XX"),
        ("later", "06 37 98"),
        ("settings", "10 11 13 14 30 31 32"),
        // 12: the order is there, and the `tn` that was told of it is lost.
        ("refused", "01 02 12 33 34 35 36 38 39 40 41 43 44 45 46 60 61 64 65 66 67 70 73 79"),
    ] {
        for code in codes.split(' ') {
            let error = place(says(&[("respCode", code), ("respMsg", "不行[0000000]")])).await.unwrap_err();
            assert_eq!(class(&error), wanted, "{code}: {error:?}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_not_signed_by_unionpay_leaves_the_outcome_open() {
    let good = bare(crate::host::sign(&[("respCode", "01")]));
    assert_eq!(class(&place(Answer::Says(200, good.clone())).await.unwrap_err()), "refused");
    for (why, body) in [
        ("changed", good.replace("respCode=01", "respCode=02")),
        ("without a signature", good.replace("signature=", "signatur=")),
        ("without a certificate", good.replace("signPubKeyCert=", "signPubKeyCer=")),
        ("empty", String::new()),
        ("no fields", "<html>".to_owned()),
        ("a field twice", format!("{good}&respCode=00")),
        ("another name in the certificate", vector("wrong_cn")),
        ("the test environment's name", vector("test_environment_cn")),
        ("tampered", vector("tampered")),
    ] {
        let answer = place(Answer::Says(200, body)).await.unwrap_err();
        assert_eq!(class(&answer), "unknown", "{why}: {answer:?}");
    }
    assert_eq!(class(&place(Answer::Says(503, good)).await.unwrap_err()), "unknown");
    assert_eq!(class(&place(Answer::BreaksConnection).await.unwrap_err()), "unknown");
}

#[tokio::test]
async fn the_test_environments_name_counts_only_there() {
    let signed = || Answer::Says(200, bare(sign_with("keys/up_gw_cert_testcn.pem", &[("respCode", "01")])));
    assert_eq!(class(&place(signed()).await.unwrap_err()), "unknown");
    let test = secret_with(&json!({ "environment": "test" }));
    assert_eq!(class(&place_at(&test, signed(), now()).await.unwrap_err()), "refused");
}

#[tokio::test]
async fn a_certificate_counts_only_while_it_is_in_force_and_only_under_our_root() {
    let signed = || says(&[("respCode", "01")]);
    for (at, wanted) in [
        ("2024-12-31T23:59:59Z", "unknown"),
        ("2025-01-01T00:00:00Z", "refused"),
        ("2035-01-01T00:00:00Z", "refused"),
        ("2035-01-01T00:00:01Z", "unknown"),
    ] {
        let error = place_at(&secret(), signed(), at.parse().unwrap()).await.unwrap_err();
        assert_eq!(class(&error), wanted, "{at}");
    }
    // UnionPay's own certificate in the place of the middle one: it certifies nobody.
    let other = secret_with(&json!({ "middle_certificates": crate::host::file("keys/up_gw_cert.pem"),
        "root_certificates": crate::host::file("keys/up_middle_cert.pem") }));
    assert_eq!(class(&place_at(&other, signed(), now()).await.unwrap_err()), "unknown");
}

#[tokio::test]
async fn nobody_there_means_nothing_was_done() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let order = heatpay_channels::OrderRef {
        payment_no: PaymentNo::parse("P20260101000001").unwrap(),
        placed_at: now(),
        expires_at: now(),
    };
    let answer = client(&secret(), &format!("http://{address}")).query_order(&order, now()).await;
    assert_eq!(class(&answer.unwrap_err()), "later");
}
