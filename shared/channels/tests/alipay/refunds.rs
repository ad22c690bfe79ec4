use crate::gateway::{Answer, Gateway, client, now, refuses, secret, signs};
use heatpay_channels::{ChannelError, PaymentChannel, RefundRequest, RefundState};
use heatpay_domain::{Fen, RefundNo};
use serde_json::{Value, json};

const REFUND: &str = "alipay.trade.refund";
const QUERY: &str = "alipay.trade.fastpay.refund.query";
const TRADE: &str = "2026010122001400001";
const NUMBER: &str = "R01KB1Q2Z3A4B5C6D7E8F9G0H1J";

fn refund() -> RefundRequest {
    RefundRequest {
        refund_no: RefundNo::parse(NUMBER).unwrap(),
        channel_txn: TRADE.to_owned(),
        amount: Fen(2_345),
        order_amount: Fen(123_456),
        paid_at: now(),
        numbered_at: now(),
        reason: "多收退款".to_owned(),
    }
}

fn sent(fund_change: &str) -> Answer {
    // `refund_fee` is the sum of all refunds of the trade.
    let answer = json!({
        "code": "10000", "trade_no": TRADE, "fund_change": fund_change, "refund_fee": "100.00",
        "gmt_refund_pay": "2026-01-01 08:00:07.123",
    });
    signs(REFUND, &answer)
}

fn found(answer: &Value) -> Answer {
    signs(QUERY, answer)
}

async fn send(script: Vec<Answer>) -> (Result<RefundState, ChannelError>, Gateway) {
    let gateway = Gateway::answering(script).await;
    (client(&secret(), &gateway.base_url).refund(&refund(), now()).await, gateway)
}

#[tokio::test]
async fn a_refund_that_moved_money_is_done() {
    let (state, gateway) = send(vec![sent("Y")]).await;
    let RefundState::Succeeded(money) = state.unwrap() else { panic!("money moved") };
    assert_eq!((money.amount, money.refund_no.as_str()), (Fen(2_345), NUMBER), "not the sum of all refunds");
    assert_eq!(money.refunded_at.unwrap().to_string(), "2026-01-01T00:00:07Z");
    let content = json!({
        "trade_no": TRADE, "refund_amount": "23.45", "out_request_no": NUMBER, "refund_reason": "多收退款",
    });
    assert_eq!(gateway.asked()[0].content(), content);
}

#[tokio::test]
async fn a_refund_that_moved_nothing_now_is_asked_about() {
    let (state, _) = send(vec![sent("N")]).await;
    assert_eq!(state.unwrap(), RefundState::Processing);
}

#[tokio::test]
async fn the_query_knows_a_refund_only_when_it_is_done() {
    let done = json!({
        "code": "10000", "trade_no": TRADE, "out_request_no": NUMBER, "refund_status": "REFUND_SUCCESS",
        "refund_amount": "23.45", "gmt_refund_pay": "2026-01-01 08:00:07",
    });
    let gateway = Gateway::answering([
        found(&done),
        found(&json!({ "code": "10000", "trade_no": TRADE })),
        refuses(QUERY, "40004", "ACQ.TRADE_NOT_EXIST"),
        found(&json!({ "code": "10000", "refund_status": "REFUND_SUCCESS", "out_request_no": "R1", "refund_amount": "1" })),
        refuses(QUERY, "20000", "aop.unknow-error"),
    ])
    .await;
    let merchant = client(&secret(), &gateway.base_url);
    let state = merchant.query_refund(&refund(), now()).await.unwrap();
    let RefundState::Succeeded(money) = state else { panic!("{state:?}") };
    assert_eq!((money.amount, money.channel_refund_no.as_str()), (Fen(2_345), NUMBER));
    assert_eq!(merchant.query_refund(&refund(), now()).await.unwrap(), RefundState::Unknown);
    assert_eq!(merchant.query_refund(&refund(), now()).await.unwrap(), RefundState::Unknown);
    for _ in 0..2 {
        let state = merchant.query_refund(&refund(), now()).await;
        assert!(matches!(state, Err(ChannelError::OutcomeUnknown { .. })), "{state:?}");
    }
}

#[tokio::test]
async fn a_refusal_counts_only_when_alipay_knows_no_such_refund() {
    let nothing = json!({ "code": "10000", "trade_no": TRADE });
    for reason in ["ACQ.DISCORDANT_REPEAT_REQUEST", "ACQ.TRADE_HAS_FINISHED", "ACQ.REASON_TRADE_REFUND_FEE_ERR"] {
        let (state, gateway) = send(vec![refuses(REFUND, "40004", reason), found(&nothing)]).await;
        assert!(matches!(state, Err(ChannelError::Refused { .. })), "{reason}: {state:?}");
        assert_eq!(gateway.methods(), [REFUND, QUERY]);
    }
    let done = json!({
        "code": "10000", "out_request_no": NUMBER, "refund_status": "REFUND_SUCCESS", "refund_amount": "23.00",
    });
    let (state, _) = send(vec![refuses(REFUND, "40004", "ACQ.DISCORDANT_REPEAT_REQUEST"), found(&done)]).await;
    let RefundState::Succeeded(money) = state.unwrap() else { panic!("it went through before") };
    assert_eq!(money.amount, Fen(2_300), "what went back, not what was asked for now");
}

#[tokio::test]
async fn a_small_balance_waits_and_a_broken_system_is_asked_about() {
    let (state, _) = send(vec![refuses(REFUND, "40004", "ACQ.SELLER_BALANCE_NOT_ENOUGH")]).await;
    assert!(matches!(state, Err(ChannelError::TryLater { .. })), "{state:?}");
    let (state, _) = send(vec![refuses(REFUND, "40004", "ACQ.SYSTEM_ERROR")]).await;
    assert!(matches!(state, Err(ChannelError::OutcomeUnknown { .. })), "{state:?}");
}
