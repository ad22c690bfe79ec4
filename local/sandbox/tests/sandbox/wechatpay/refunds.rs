use super::rig::{KEYS, PRICE, Rig, refund};
use heatpay_channels::{ChannelError, PaymentChannel, RefundRequest, RefundState};
use heatpay_domain::Fen;
use heatpay_ports::Clock;
use heatpay_sandbox::wechatpay::RefundOutcome;
use http::Method;
use serde_json::json;

const ORDER: &str = "P20261120000001";
const REFUND: &str = "R20261120000001";

async fn send(rig: &Rig, request: &RefundRequest) -> Result<RefundState, ChannelError> {
    rig.client.refund(request, rig.clock.now()).await
}

#[tokio::test]
async fn money_goes_back_after_a_while_and_the_merchant_is_told() {
    let rig = Rig::new().await;
    let transaction = rig.paid(ORDER).await;
    rig.party.act().await.unwrap();
    assert_eq!(rig.merchant.came(), [format!("paid {ORDER} {}", PRICE.0)]);
    assert_eq!(rig.ask_refund(REFUND).await, RefundState::Unknown);
    assert_eq!(send(&rig, &refund(REFUND, &transaction, 100)).await.unwrap(), RefundState::Processing);
    assert_eq!(rig.party.act().await.unwrap(), 0, "it takes its time");
    assert_eq!(rig.ask_refund(REFUND).await, RefundState::Processing);
    rig.clock.seconds(2);
    rig.party.act().await.unwrap();
    assert_eq!(rig.merchant.came(), [format!("refund {REFUND} succeeded 100")]);
    let RefundState::Succeeded(money) = rig.ask_refund(REFUND).await else { panic!("it succeeded") };
    assert_eq!((money.amount, money.refunded_at), (Fen(100), Some(rig.clock.now())));
    assert_eq!(rig.party.money_held().unwrap(), PRICE.0 - 100);
    assert!(matches!(rig.query(ORDER).await, heatpay_channels::OrderState::Paid(_)), "still a paid order");
}

#[tokio::test]
async fn the_same_refund_again_is_the_same() {
    let rig = Rig::new().await;
    let transaction = rig.paid(ORDER).await;
    for _ in 0..3 {
        assert_eq!(send(&rig, &refund(REFUND, &transaction, PRICE.0)).await.unwrap(), RefundState::Processing);
    }
    rig.clock.seconds(2);
    rig.party.act().await.unwrap();
    assert!(matches!(send(&rig, &refund(REFUND, &transaction, PRICE.0)).await, Ok(RefundState::Succeeded(_))));
    assert_eq!(rig.party.money_held().unwrap(), 0);
    // With another sum it is refused, and our client then finds the one that stands.
    assert!(matches!(send(&rig, &refund(REFUND, &transaction, 1)).await, Ok(RefundState::Succeeded(_))));
    assert_eq!(rig.party.money_held().unwrap(), 0);
}

#[tokio::test]
async fn no_more_goes_back_than_came() {
    let rig = Rig::new().await;
    let transaction = rig.paid(ORDER).await;
    for (request, code) in [
        (refund(REFUND, &transaction, PRICE.0 + 1), "INVALID_REQUEST"),
        (refund(REFUND, "4200000000000000000000000000", 1), "RESOURCE_NOT_EXISTS"),
        (RefundRequest { order_amount: Fen(1), ..refund(REFUND, &transaction, 1) }, "INVALID_REQUEST"),
        (refund(REFUND, &transaction, 0), "PARAM_ERROR"),
    ] {
        let sent = send(&rig, &request).await;
        assert!(matches!(&sent, Err(ChannelError::Refused { code: said, .. }) if said == code), "{code}: {sent:?}");
    }
    send(&rig, &refund(REFUND, &transaction, PRICE.0 - 1)).await.unwrap();
    rig.clock.seconds(60);
    let sent = send(&rig, &refund("R20261120000002", &transaction, 2)).await;
    assert!(matches!(sent, Err(ChannelError::Refused { .. })), "{sent:?}");
    assert_eq!(send(&rig, &refund("R20261120000002", &transaction, 1)).await.unwrap(), RefundState::Processing);
}

#[tokio::test]
async fn an_order_has_one_refund_a_minute_and_fifty_in_all() {
    let rig = Rig::new().await;
    let transaction = rig.paid(ORDER).await;
    send(&rig, &refund("R20261120000000", &transaction, 1)).await.unwrap();
    rig.clock.seconds(59);
    let too_soon = send(&rig, &refund("R20261120000001", &transaction, 1)).await;
    assert!(matches!(too_soon, Err(ChannelError::TryLater { .. })), "{too_soon:?}");
    for number in 1..50 {
        rig.clock.seconds(60);
        send(&rig, &refund(&format!("R20261120{number:06}"), &transaction, 1)).await.unwrap();
    }
    rig.clock.seconds(60);
    let one_more = send(&rig, &refund("R20261120000050", &transaction, 1)).await;
    assert!(matches!(one_more, Err(ChannelError::Refused { .. })), "{one_more:?}");
}

#[tokio::test]
async fn a_refund_given_up_may_be_sent_under_another_number() {
    let rig = Rig::new().await;
    let transaction = rig.paid(ORDER).await;
    rig.party.set_refund_outcome(RefundOutcome::Closed);
    send(&rig, &refund(REFUND, &transaction, PRICE.0)).await.unwrap();
    rig.clock.seconds(2);
    rig.party.act().await.unwrap();
    assert_eq!(rig.ask_refund(REFUND).await, RefundState::Closed);
    assert_eq!(rig.party.money_held().unwrap(), PRICE.0);
    rig.party.set_refund_outcome(RefundOutcome::Abnormal);
    send(&rig, &refund("R20261120000002", &transaction, PRICE.0)).await.unwrap();
    rig.clock.seconds(2);
    rig.party.act().await.unwrap();
    assert_eq!(rig.ask_refund("R20261120000002").await, RefundState::Abnormal);
    let came = rig.merchant.came();
    assert_eq!(came[1..], [format!("refund {REFUND} closed"), "refund R20261120000002 abnormal".to_owned()]);
}

#[tokio::test]
async fn the_second_payment_of_an_order_goes_back_by_its_own_transaction() {
    let rig = Rig::new().await;
    rig.paid(ORDER).await;
    let second = rig.party.pay_again(ORDER).unwrap().transaction_id;
    send(&rig, &refund(REFUND, &second, PRICE.0)).await.unwrap();
    rig.clock.seconds(2);
    rig.party.act().await.unwrap();
    assert_eq!(rig.party.money_held().unwrap(), PRICE.0);
}

#[tokio::test]
async fn a_refund_names_the_order_too_and_a_year_is_the_limit() {
    let rig = Rig::new().await;
    rig.paid(ORDER).await;
    let path = "/v3/refund/domestic/refunds";
    let body = |number: &str| {
        json!({
            "out_trade_no": ORDER, "out_refund_no": number, "notify_url": rig.merchant.url,
            "amount": { "refund": 1, "total": PRICE.0, "currency": "CNY" },
        })
        .to_string()
    };
    assert_eq!(rig.call(Method::POST, path, &body("RF|20261120*000001@x")).await.0, 200);
    rig.clock.seconds(366 * 86_400);
    let (status, code) = rig.call(Method::POST, path, &body(REFUND)).await;
    assert_eq!((status, code.as_str()), (400, "INVALID_REQUEST"));
    let elsewhere = format!("/v3/pay/transactions/out-trade-no/{ORDER}?mchid=1900000000");
    let (status, code) = rig.call(Method::GET, &elsewhere, "").await;
    assert_eq!((status, code.as_str()), (400, "INVALID_REQUEST"), "not {}", KEYS.mchid);
}
