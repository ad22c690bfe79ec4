use crate::host::{Answer, Host, client, now, refuses, secret, signs, vectors};
use heatpay_channels::{
    ChannelError, CloseOutcome, OrderRef, OrderRequest, OrderState, PaymentChannel, wechatpay::signature,
};
use heatpay_domain::{Fen, PaymentNo, payment::Scene};
use jiff::SignedDuration;
use serde_json::{Value, json};

pub(crate) fn order(scene: Scene) -> OrderRequest {
    OrderRequest {
        payment_no: payment_no(),
        amount: Fen(223_800),
        description: "2026-2027采暖季 供热费".to_owned(),
        placed_at: now(),
        scene,
        openid: Some("oUpF8uMuAJO_M2pxb1Q9zNjWeS6o".to_owned()),
        client_ip: Some("203.0.113.7".to_owned()),
        expires_at: now() + SignedDuration::from_mins(30),
    }
}

pub(crate) fn payment_no() -> PaymentNo {
    PaymentNo::parse("P20260101000001").unwrap()
}

/// A transaction as a query shows it, with some values changed.
fn transaction(changes: &Value) -> Answer {
    let mut shown = json!({
        "appid": "wxd678efh567hg6787", "mchid": "1900000001", "out_trade_no": "P20260101000001",
        "transaction_id": "4200002026202601010000000001", "trade_type": "JSAPI", "trade_state": "SUCCESS",
        "success_time": "2026-01-01T07:59:05+08:00", "payer": { "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o" },
        "amount": { "total": 223_800, "payer_total": 223_800, "currency": "CNY", "payer_currency": "CNY" },
    });
    shown.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    signs(200, shown.to_string())
}

fn placed() -> OrderRef {
    OrderRef { payment_no: payment_no(), placed_at: now(), expires_at: now() + SignedDuration::from_mins(30) }
}

async fn query(answer: Answer) -> Result<OrderState, ChannelError> {
    let host = Host::answering([answer]).await;
    client(&secret(), &host.base_url).query_order(&placed(), now()).await
}

async fn close(answer: Answer) -> Result<CloseOutcome, ChannelError> {
    let host = Host::answering([answer]).await;
    client(&secret(), &host.base_url).close_order(&placed(), now()).await
}

#[tokio::test]
async fn an_order_goes_out_signed_over_the_very_bytes_sent() {
    let host = Host::answering([signs(200, r#"{"prepay_id":"wx2014"}"#)]).await;
    let wechatpay = client(&secret(), &host.base_url);
    assert_eq!(wechatpay.place_order(&order(Scene::Jsapi), now()).await.unwrap(), "wx2014");
    let asked = &host.asked()[0];
    assert_eq!(asked.line, "POST /v3/pay/transactions/jsapi");
    let header = |name: &str| asked.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default();
    assert_eq!((header("accept"), header("content-type")), ("application/json", "application/json"));
    assert!(header("user-agent").starts_with("heatpay/"));
    assert_eq!(header("wechatpay-serial"), vectors()["pub_key_id"]);
    let body = std::str::from_utf8(&asked.body).unwrap();
    let sent: Value = serde_json::from_str(body).unwrap();
    assert_eq!(
        sent,
        json!({
            "appid": "wxd678efh567hg6787", "mchid": "1900000001", "description": "2026-2027采暖季 供热费",
            "out_trade_no": "P20260101000001", "time_expire": "2026-01-01T08:30:00+08:00",
            "notify_url": "https://pay.example.com/callbacks/wechatpay",
            "amount": { "total": 223_800, "currency": "CNY" }, "payer": { "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o" },
        })
    );
    let path = "/v3/pay/transactions/jsapi";
    let message = signature::request_message("POST", path, now().as_second(), crate::host::NONCE, body);
    let key = signature::PublicKey::from_pem(&crate::host::file("keys/wx_merchant_pub.pem")).unwrap();
    let signed = header("authorization").split("signature=\"").nth(1).unwrap().trim_end_matches('"');
    assert!(key.verifies(message.as_bytes(), signed));
}

#[tokio::test]
async fn browsers_pay_by_a_page_or_by_a_code() {
    let host =
        Host::answering([signs(200, r#"{"h5_url":"https://wx/h5"}"#), signs(200, r#"{"code_url":"weixin://x"}"#)])
            .await;
    let wechatpay = client(&secret(), &host.base_url);
    assert_eq!(wechatpay.place_order(&order(Scene::H5), now()).await.unwrap(), "https://wx/h5");
    assert_eq!(wechatpay.place_order(&order(Scene::Native), now()).await.unwrap(), "weixin://x");
    assert_eq!(host.lines(), ["POST /v3/pay/transactions/h5", "POST /v3/pay/transactions/native"]);
    let sent: Value = serde_json::from_slice(&host.asked()[0].body).unwrap();
    assert_eq!(sent["scene_info"], json!({ "payer_client_ip": "203.0.113.7", "h5_info": { "type": "Wap" } }));
    assert_eq!(sent.get("payer"), None);
    assert_eq!(wechatpay.client_parameters(Scene::Native, "weixin://x", now())["code_url"], "weixin://x");
}

#[tokio::test]
async fn an_order_without_what_its_scene_needs_is_not_sent() {
    let host = Host::answering([]).await;
    let wechatpay = client(&secret(), &host.base_url);
    let nobody = OrderRequest { openid: None, ..order(Scene::Jsapi) };
    let nowhere = OrderRequest { client_ip: None, ..order(Scene::H5) };
    for (order, wanted) in [(nobody, "openid_missing"), (nowhere, "client_ip_missing")] {
        let refused = wechatpay.place_order(&order, now()).await;
        assert!(matches!(&refused, Err(ChannelError::Refused { code, .. }) if code == wanted), "{refused:?}");
    }
    assert!(host.asked().is_empty());
}

#[test]
fn the_mini_program_gets_parameters_that_the_merchant_signed() {
    let vectors = vectors();
    let expected = &vectors["pay_sign"][0];
    let handle = expected["package"].as_str().unwrap().trim_start_matches("prepay_id=");
    let parameters = client(&secret(), "https://host").client_parameters(Scene::Jsapi, handle, now());
    for name in ["appId", "timeStamp", "nonceStr", "package", "signType", "paySign"] {
        assert_eq!(parameters[name], expected[name], "{name}");
    }
}

#[tokio::test]
async fn a_query_is_signed_with_the_merchant_in_its_path() {
    let host = Host::answering([transaction(&json!({}))]).await;
    client(&secret(), &host.base_url).query_order(&placed(), now()).await.unwrap();
    assert_eq!(host.lines(), ["GET /v3/pay/transactions/out-trade-no/P20260101000001?mchid=1900000001"]);
    assert!(host.asked()[0].headers.get("content-type").is_none());
}

#[tokio::test]
async fn a_paid_order_is_evidence_even_when_some_of_it_went_back() {
    for state in ["SUCCESS", "REFUND"] {
        let OrderState::Paid(evidence) = query(transaction(&json!({ "trade_state": state }))).await.unwrap() else {
            panic!("{state} is paid");
        };
        assert_eq!((evidence.amount, evidence.payment_no.as_str()), (Fen(223_800), "P20260101000001"));
        assert_eq!(evidence.channel_txn, "4200002026202601010000000001");
        assert_eq!(evidence.paid_at.to_string(), "2025-12-31T23:59:05Z");
        assert_eq!(evidence.payer.as_deref(), Some("oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"));
        assert!(evidence.raw.contains(state));
    }
}

#[tokio::test]
async fn an_order_not_paid_waits_is_closed_or_is_unknown() {
    let unpaid = json!({ "trade_state": "NOTPAY", "transaction_id": null, "success_time": null, "payer": null });
    assert_eq!(query(transaction(&unpaid)).await.unwrap(), OrderState::Waiting);
    assert_eq!(query(transaction(&json!({ "trade_state": "CLOSED" }))).await.unwrap(), OrderState::Closed);
    assert_eq!(query(refuses(404, "ORDER_NOT_EXIST")).await.unwrap(), OrderState::Unknown);
    // A machine on the way says 404 too; that is nobody's word on the order.
    assert!(matches!(query(crate::host::says(404, "<html>")).await, Err(ChannelError::OutcomeUnknown { .. })));
}

#[tokio::test]
async fn another_merchants_transaction_is_no_answer() {
    for change in [
        json!({ "mchid": "1900000002" }),
        json!({ "appid": "wx0000000000000000" }),
        json!({ "out_trade_no": "P20260101000002" }),
        json!({ "amount": { "total": 223_800, "currency": "USD" } }),
        json!({ "transaction_id": null }),
        json!({ "trade_state": "NEW_STATE" }),
    ] {
        let answer = query(transaction(&change)).await;
        assert!(matches!(answer, Err(ChannelError::OutcomeUnknown { .. })), "{change}: {answer:?}");
    }
}

#[tokio::test]
async fn a_close_is_confirmed_or_comes_too_late() {
    assert_eq!(close(signs(204, "")).await.unwrap(), CloseOutcome::Closed);
    assert_eq!(close(refuses(400, "ORDER_CLOSED")).await.unwrap(), CloseOutcome::Closed);
    assert_eq!(close(refuses(400, "ORDERPAID")).await.unwrap(), CloseOutcome::AlreadyPaid);
    assert_eq!(close(refuses(403, "TRADE_ERROR")).await.unwrap(), CloseOutcome::AlreadyPaid);
    assert_eq!(close(refuses(404, "ORDER_NOT_EXIST")).await.unwrap(), CloseOutcome::Unknown);
    for unclear in [crate::host::says(204, ""), refuses(500, "ORDERPAID"), refuses(500, "ORDER_CLOSED")] {
        let answer = close(unclear).await;
        assert!(matches!(answer, Err(ChannelError::OutcomeUnknown { .. })), "{answer:?}");
    }
}

#[tokio::test]
async fn a_close_is_signed_byte_for_byte() {
    let host = Host::answering([signs(204, "")]).await;
    client(&secret(), &host.base_url).close_order(&placed(), now()).await.unwrap();
    let asked = &host.asked()[0];
    assert_eq!(asked.line, "POST /v3/pay/transactions/out-trade-no/P20260101000001/close");
    assert_eq!(&asked.body[..], br#"{"mchid":"1900000001"}"#);
}
