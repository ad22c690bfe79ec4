use crate::host::{Answer, Host, client, now, refuses, secret, signs};
use heatpay_channels::{ChannelError, PaymentChannel, RefundRequest, RefundState};
use heatpay_domain::{Fen, RefundNo};
use serde_json::{Value, json};

fn refund_no() -> RefundNo {
    RefundNo::parse("R20260101000001").unwrap()
}

fn refund() -> RefundRequest {
    RefundRequest {
        refund_no: refund_no(),
        channel_txn: "4200002026202601010000000001".to_owned(),
        amount: Fen(100),
        order_amount: Fen(123_456),
        paid_at: now(),
        numbered_at: now(),
        reason: "停供退费".to_owned(),
    }
}

fn stands(status: &str) -> Answer {
    let body = json!({
        "refund_id": "50300000002026010100000000001", "out_refund_no": "R20260101000001",
        "transaction_id": "4200002026202601010000000001", "status": status,
        "success_time": (status == "SUCCESS").then_some("2026-01-02T08:00:05+08:00"),
        "amount": { "total": 123_456, "refund": 100, "currency": "CNY" },
    });
    signs(200, body.to_string())
}

async fn send(script: impl IntoIterator<Item = Answer>) -> (Result<RefundState, ChannelError>, Vec<String>) {
    let host = Host::answering(script).await;
    let answer = client(&secret(), &host.base_url).refund(&refund(), now()).await;
    (answer, host.lines())
}

#[tokio::test]
async fn a_refund_names_the_transaction_and_both_sums() {
    let host = Host::answering([stands("PROCESSING")]).await;
    client(&secret(), &host.base_url).refund(&refund(), now()).await.unwrap();
    let asked = &host.asked()[0];
    assert_eq!(asked.line, "POST /v3/refund/domestic/refunds");
    let sent: Value = serde_json::from_slice(&asked.body).unwrap();
    assert_eq!(
        sent,
        json!({
            "transaction_id": "4200002026202601010000000001", "out_refund_no": "R20260101000001", "reason": "停供退费",
            "notify_url": "https://pay.example.com/callbacks/wechatpay",
            "amount": { "refund": 100, "total": 123_456, "currency": "CNY" },
        })
    );
}

#[tokio::test]
async fn accepted_is_not_refunded() {
    assert_eq!(send([stands("PROCESSING")]).await.0.unwrap(), RefundState::Processing);
    assert_eq!(send([stands("CLOSED")]).await.0.unwrap(), RefundState::Closed);
    assert_eq!(send([stands("ABNORMAL")]).await.0.unwrap(), RefundState::Abnormal);
    let Ok(RefundState::Succeeded(money)) = send([stands("SUCCESS")]).await.0 else { panic!("it succeeded") };
    assert_eq!((money.amount, money.channel_refund_no.as_str()), (Fen(100), "50300000002026010100000000001"));
    assert_eq!(money.refunded_at.unwrap().to_string(), "2026-01-02T00:00:05Z");
}

#[tokio::test]
async fn a_refusal_counts_only_when_no_refund_of_that_number_stands() {
    let (answer, lines) = send([refuses(400, "INVALID_REQUEST"), stands("PROCESSING")]).await;
    assert_eq!(answer.unwrap(), RefundState::Processing);
    assert_eq!(lines, ["POST /v3/refund/domestic/refunds", "GET /v3/refund/domestic/refunds/R20260101000001"]);
    let (answer, _) = send([refuses(400, "INVALID_REQUEST"), refuses(404, "RESOURCE_NOT_EXISTS")]).await;
    assert!(matches!(&answer, Err(ChannelError::Refused { code, .. }) if code == "INVALID_REQUEST"), "{answer:?}");
    let (answer, _) = send([refuses(400, "INVALID_REQUEST"), refuses(500, "SYSTEM_ERROR")]).await;
    assert!(matches!(answer, Err(ChannelError::OutcomeUnknown { .. })), "{answer:?}");
}

#[tokio::test]
async fn a_merchant_short_of_money_may_send_the_same_refund_again() {
    let (answer, lines) = send([refuses(403, "NOT_ENOUGH")]).await;
    assert!(matches!(&answer, Err(ChannelError::TryLater { code, .. }) if code == "NOT_ENOUGH"), "{answer:?}");
    assert_eq!(lines.len(), 1);
}

#[tokio::test]
async fn a_refund_is_asked_about_by_its_number() {
    let ask = async |answer| {
        let host = Host::answering([answer]).await;
        client(&secret(), &host.base_url).query_refund(&refund(), now()).await
    };
    assert_eq!(ask(stands("PROCESSING")).await.unwrap(), RefundState::Processing);
    assert_eq!(ask(refuses(404, "RESOURCE_NOT_EXISTS")).await.unwrap(), RefundState::Unknown);
    for unclear in [refuses(503, "RESOURCE_NOT_EXISTS"), stands("NEW_STATUS"), signs(200, "{}")] {
        let answer = ask(unclear).await;
        assert!(matches!(answer, Err(ChannelError::OutcomeUnknown { .. })), "{answer:?}");
    }
}
