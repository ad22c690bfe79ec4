use crate::host::{Answer, Host, client, now, says, secret, secret_with, shows, vector};
use heatpay_channels::{
    ChannelError, CloseOutcome, OrderRef, OrderRequest, OrderState, PaymentChannel,
    unionpay::{fields::Fields, signature::hashed},
};
use heatpay_domain::{Fen, PaymentNo, payment::Scene};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

const ORDER: &str = "P20260101000001";

fn order(scene: Scene) -> OrderRequest {
    OrderRequest {
        payment_no: PaymentNo::parse(ORDER).unwrap(),
        amount: Fen(223_800),
        description: "2026-2027采暖季 供热费".to_owned(),
        placed_at: now(),
        scene,
        openid: None,
        client_ip: Some("203.0.113.7".to_owned()),
        expires_at: now() + SignedDuration::from_mins(30),
    }
}

fn placed() -> OrderRef {
    OrderRef {
        payment_no: PaymentNo::parse(ORDER).unwrap(),
        placed_at: now(),
        expires_at: now() + SignedDuration::from_mins(30),
    }
}

fn later(minutes: i64) -> Timestamp {
    now() + SignedDuration::from_mins(minutes)
}

async fn query(answer: Answer, at: Timestamp) -> Result<OrderState, ChannelError> {
    let host = Host::answering([answer]).await;
    client(&secret(), &host.base_url).query_order(&placed(), at).await
}

fn not_found() -> Answer {
    says(&[("respCode", "34"), ("respMsg", "查无此交易[2600000]"), ("orderId", ORDER), ("txnTime", "20260101080000")])
}

#[tokio::test]
async fn a_browser_is_handed_a_signed_form_and_where_to_post_it() {
    let host = Host::answering([]).await;
    let unionpay = client(&secret(), &host.base_url);
    for (scene, channel_type) in [(Scene::H5, "08"), (Scene::Page, "07")] {
        let handle = unionpay.place_order(&order(scene), now()).await.unwrap();
        let parameters = unionpay.client_parameters(scene, &handle, now());
        assert_eq!(parameters["form_action"], format!("{}/gateway/api/frontTransReq.do", host.base_url));
        let form = Fields::new(
            parameters.iter().filter(|(name, _)| *name != "form_action").map(|(n, v)| (n.as_str(), v.as_str())),
        );
        assert_eq!(
            form.signed_text(),
            format!(
                "accessType=0&backUrl=https://pay.example.com/callbacks/unionpay&bizType=000201&certId=69026276696\
                 &channelType={channel_type}&currencyCode=156&encoding=UTF-8\
                 &frontUrl=https://pay.example.com/callbacks/unionpay/return&merId=777290058110097\
                 &orderDesc=2026-2027采暖季 供热费&orderId={ORDER}&payTimeout=20260101082900&signMethod=01\
                 &txnAmt=223800&txnSubType=01&txnTime=20260101080000&txnType=01&version=5.1.0"
            )
        );
        assert_eq!(hashed(&form).len(), 64);
        assert!(form.get("signature").is_some());
    }
    assert!(host.asked().is_empty(), "the browser makes the order, not we");
}

#[tokio::test]
async fn the_app_is_handed_a_transaction_number() {
    let tn = says(&[("respCode", "00"), ("orderId", ORDER), ("txnTime", "20260101080000"), ("tn", "8666")]);
    let host = Host::answering([tn]).await;
    let unionpay = client(&secret_with(&json!({ "environment": "test" })), &host.base_url);
    let handle = unionpay.place_order(&order(Scene::App), now()).await.unwrap();
    let parameters = unionpay.client_parameters(Scene::App, &handle, now());
    assert_eq!((parameters["tn"].as_str(), parameters["mode"].as_str()), ("8666", "01"));
    let asked = &host.asked()[0];
    assert_eq!(asked.path, "/gateway/api/appTransReq.do");
    assert_eq!((asked.field("channelType").unwrap(), asked.field("frontUrl")), ("08".to_owned(), None));
}

#[tokio::test]
async fn a_transaction_number_that_got_lost_is_not_told_again_and_the_order_is_given_up() {
    let host = Host::answering([says(&[("respCode", "12"), ("orderId", ORDER)])]).await;
    let answer = client(&secret(), &host.base_url).place_order(&order(Scene::App), now()).await;
    assert!(matches!(&answer, Err(ChannelError::Refused { code, .. }) if code == "12"), "{answer:?}");
}

#[tokio::test]
async fn another_orders_number_is_not_taken() {
    let host = Host::answering([Answer::Says(200, vector("app_tn"))]).await;
    let answer = client(&secret(), &host.base_url).place_order(&order(Scene::App), now()).await;
    assert!(matches!(answer, Err(ChannelError::OutcomeUnknown { .. })), "{answer:?}");
}

#[tokio::test]
async fn there_is_no_order_of_other_scenes_or_after_its_time() {
    let host = Host::answering([]).await;
    let unionpay = client(&secret(), &host.base_url);
    for (scene, at) in [(Scene::Jsapi, now()), (Scene::Native, now()), (Scene::H5, later(29)), (Scene::App, later(30))]
    {
        let answer = unionpay.place_order(&order(scene), at).await;
        assert!(matches!(answer, Err(ChannelError::Refused { .. })), "{scene:?}: {answer:?}");
    }
    assert!(host.asked().is_empty());
}

#[tokio::test]
async fn a_query_names_the_number_and_the_time_of_the_order() {
    let host = Host::answering([not_found()]).await;
    client(&secret(), &host.base_url).query_order(&placed(), later(5)).await.unwrap();
    let asked = &host.asked()[0];
    assert_eq!(asked.path, "/gateway/api/queryTrans.do");
    assert_eq!(asked.field("orderId").unwrap(), ORDER);
    assert_eq!(asked.field("txnTime").unwrap(), "20260101080000", "the order's, not that of asking");
}

#[tokio::test]
async fn paid_is_paid_also_with_a_defect_and_also_too_late() {
    for code in ["00", "A6", "42"] {
        let OrderState::Paid(evidence) = query(shows(ORDER, &[("origRespCode", code)]), now()).await.unwrap() else {
            panic!("{code} is paid");
        };
        assert_eq!((evidence.amount, evidence.payment_no.as_str()), (Fen(223_800), ORDER));
        assert_eq!(evidence.channel_txn, "262601010800000000018");
        assert_eq!(evidence.merchant, "777290058110097");
        assert_eq!(evidence.paid_at.to_string(), "2026-01-01T00:00:05Z");
        assert!(evidence.raw.contains("reqReserved={a=1&b=2}"));
    }
}

#[tokio::test]
async fn a_payment_just_after_new_year_is_of_the_new_year() {
    let late = "2025-12-31T23:59:50+08:00".parse().unwrap();
    let order = OrderRef { placed_at: late, ..placed() };
    let host = Host::answering([shows(ORDER, &[("txnTime", "20251231235950"), ("traceTime", "0101000010")])]).await;
    let answer = client(&secret(), &host.base_url).query_order(&order, now()).await.unwrap();
    let OrderState::Paid(evidence) = answer else { panic!("it is paid") };
    assert_eq!(evidence.paid_at.to_string(), "2025-12-31T16:00:10Z");
}

#[tokio::test]
async fn an_order_nobody_tried_to_pay_is_unknown_there_and_waits_until_its_time_is_over() {
    assert_eq!(query(not_found(), later(29)).await.unwrap(), OrderState::Waiting);
    assert_eq!(query(not_found(), later(30)).await.unwrap(), OrderState::Closed);
}

#[tokio::test]
async fn an_order_stands_as_its_own_code_says() {
    for (code, stands) in [
        ("03", Some(OrderState::Waiting)),
        ("04", Some(OrderState::Waiting)),
        ("05", Some(OrderState::Waiting)),
        ("01", Some(OrderState::Closed)),
        ("02", Some(OrderState::Closed)),
        ("64", Some(OrderState::Closed)),
        ("74", None),
        ("99", None),
        ("46", None),
        ("", None),
    ] {
        match (query(shows(ORDER, &[("origRespCode", code)]), later(60)).await, stands) {
            (Ok(state), Some(stands)) => assert_eq!(state, stands, "{code}"),
            (Err(ChannelError::OutcomeUnknown { .. }), None) => {}
            (answer, stands) => panic!("{code}: {answer:?}, not {stands:?}"),
        }
    }
}

#[tokio::test]
async fn an_answer_about_something_else_is_no_answer() {
    for change in [
        ("orderId", "P20260101000002"),
        ("txnTime", "20260101080001"),
        ("merId", "777290058110048"),
        ("currencyCode", "840"),
        ("txnAmt", "12.00"),
        ("queryId", ""),
        ("traceTime", "yesterday"),
    ] {
        let answer = query(shows(ORDER, &[change]), now()).await;
        assert!(matches!(answer, Err(ChannelError::OutcomeUnknown { .. })), "{change:?}: {answer:?}");
    }
}

#[tokio::test]
async fn a_query_that_failed_says_nothing_of_the_order() {
    for code in ["01", "03", "12", "36", "60", "99", ""] {
        let answer = query(says(&[("respCode", code)]), later(60)).await;
        assert!(matches!(answer, Err(ChannelError::OutcomeUnknown { .. })), "{code}: {answer:?}");
    }
}

#[tokio::test]
async fn nothing_but_its_time_closes_an_order() {
    let host = Host::answering([not_found(), shows(ORDER, &[]), shows(ORDER, &[("origRespCode", "05")])]).await;
    let unionpay = client(&secret(), &host.base_url);
    assert_eq!(unionpay.close_order(&placed(), later(29)).await.unwrap(), CloseOutcome::StillOpen);
    assert!(host.asked().is_empty(), "there is no such call");
    assert_eq!(unionpay.close_order(&placed(), later(30)).await.unwrap(), CloseOutcome::Closed);
    assert_eq!(unionpay.close_order(&placed(), later(30)).await.unwrap(), CloseOutcome::AlreadyPaid);
    assert_eq!(unionpay.close_order(&placed(), later(30)).await.unwrap(), CloseOutcome::StillOpen);
    assert!(unionpay.close_order(&placed(), later(30)).await.is_err(), "no answer keeps it open");
}
