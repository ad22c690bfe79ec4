use super::rig::{ANNA, KEYS, PRICE, Rig};
use heatpay_channels::{ChannelError, CloseOutcome, OrderRequest, OrderState, PaymentChannel};
use heatpay_domain::{Fen, payment::Scene};
use heatpay_ports::Clock;
use heatpay_sandbox::wechatpay::NotPaid;
use serde_json::json;

const ORDER: &str = "P20261120000001";

#[tokio::test]
async fn a_resident_pays_in_the_mini_program() {
    let rig = Rig::new().await;
    let prepay_id = rig.placed(ORDER).await;
    assert_eq!(rig.query(ORDER).await, OrderState::Waiting);
    let parameters = rig.client.client_parameters(Scene::Jsapi, &prepay_id, rig.clock.now());
    let paid = rig.party.pay_with_client_parameters(&parameters).unwrap();
    let OrderState::Paid(evidence) = rig.query(ORDER).await else { panic!("it is paid") };
    assert_eq!((evidence.amount, &evidence.channel_txn), (PRICE, &paid.transaction_id));
    assert_eq!((evidence.payer.as_deref(), evidence.paid_at), (Some(ANNA), rig.clock.now()));
    assert_eq!(rig.party.money_held().unwrap(), PRICE.0);
}

#[tokio::test]
async fn parameters_the_merchant_did_not_sign_pay_nothing() {
    let rig = Rig::new().await;
    let prepay_id = rig.placed(ORDER).await;
    let good = rig.client.client_parameters(Scene::Jsapi, &prepay_id, rig.clock.now());
    for name in ["timeStamp", "nonceStr", "package", "signType", "paySign"] {
        let mut forged = good.clone();
        forged.insert(name.to_owned(), "prepay_id=wx00".to_owned());
        assert!(matches!(rig.party.pay_with_client_parameters(&forged), Err(NotPaid::Signature)), "{name}");
    }
    assert_eq!(rig.query(ORDER).await, OrderState::Waiting);
}

#[tokio::test]
async fn a_browser_pays_by_the_code_it_shows_or_the_page_it_opens() {
    let rig = Rig::new().await;
    for (number, scene, starts) in [
        ("P20261120000002", Scene::Native, "weixin://wxpay/bizpayurl?pr="),
        ("P20261120000003", Scene::H5, "http://desk.example/cgi-bin/mmpayweb-bin/checkmweb?prepay_id="),
    ] {
        let handle = rig.client.place_order(&rig.order(number, scene), rig.clock.now()).await.unwrap();
        assert!(handle.starts_with(starts), "{handle}");
        assert_eq!(rig.party.pay_as(&handle, "oSomebody").unwrap().out_trade_no, number);
        let OrderState::Paid(evidence) = rig.query(number).await else { panic!("it is paid") };
        assert_eq!(evidence.payer.as_deref(), Some("oSomebody"));
    }
}

#[tokio::test]
async fn the_same_order_again_is_the_same_and_another_under_its_number_is_not_taken() {
    let rig = Rig::new().await;
    let first = rig.placed(ORDER).await;
    assert_eq!(rig.placed(ORDER).await, first);
    let dearer = OrderRequest { amount: Fen(1), ..rig.order(ORDER, Scene::Jsapi) };
    let placed = rig.client.place_order(&dearer, rig.clock.now()).await;
    assert!(matches!(placed, Err(ChannelError::OutcomeUnknown { .. })), "{placed:?}");
    assert_eq!(rig.party.orders().unwrap().len(), 1);
}

#[tokio::test]
async fn a_paid_order_is_neither_placed_nor_closed_nor_paid_again() {
    let rig = Rig::new().await;
    rig.paid(ORDER).await;
    let placed = rig.client.place_order(&rig.order(ORDER, Scene::Jsapi), rig.clock.now()).await;
    assert!(matches!(placed, Err(ChannelError::OutcomeUnknown { .. })), "{placed:?}");
    assert_eq!(rig.close(ORDER).await, CloseOutcome::AlreadyPaid);
    assert!(matches!(rig.party.pay(ORDER, 0), Err(NotPaid::Not(_))));
    assert_eq!(rig.party.money_held().unwrap(), PRICE.0);
}

#[tokio::test]
async fn a_closed_order_can_be_closed_again_and_not_paid() {
    let rig = Rig::new().await;
    rig.placed(ORDER).await;
    for _ in 0..2 {
        assert_eq!(rig.close(ORDER).await, CloseOutcome::Closed);
    }
    assert_eq!(rig.query(ORDER).await, OrderState::Closed);
    assert!(matches!(rig.party.pay(ORDER, 0), Err(NotPaid::Not(_))));
    let placed = rig.client.place_order(&rig.order(ORDER, Scene::Jsapi), rig.clock.now()).await;
    assert!(matches!(&placed, Err(ChannelError::Refused { code, .. }) if code == "ORDER_CLOSED"), "{placed:?}");
}

#[tokio::test]
async fn an_order_ends_when_its_time_is_over() {
    let rig = Rig::new().await;
    rig.placed(ORDER).await;
    rig.clock.seconds(30 * 60 - 1);
    assert_eq!(rig.query(ORDER).await, OrderState::Waiting);
    rig.clock.seconds(1);
    assert_eq!(rig.query(ORDER).await, OrderState::Closed);
    assert!(matches!(rig.party.pay(ORDER, 0), Err(NotPaid::Not(_))));
    assert_eq!(rig.close(ORDER).await, CloseOutcome::Closed);
}

#[tokio::test]
async fn an_order_never_placed_is_unknown() {
    let rig = Rig::new().await;
    assert_eq!(rig.query(ORDER).await, OrderState::Unknown);
    assert_eq!(rig.close(ORDER).await, CloseOutcome::Unknown);
    assert!(matches!(rig.party.pay(ORDER, 0), Err(NotPaid::Unknown)));
}

#[tokio::test]
async fn what_never_should_happen_is_kept_in_the_books() {
    let rig = Rig::new().await;
    rig.placed(ORDER).await;
    rig.close(ORDER).await;
    rig.party.pay_although_closed(ORDER).unwrap();
    assert!(matches!(rig.party.pay_although_closed(ORDER), Err(NotPaid::Not(_))), "once is enough");
    rig.party.pay_again(ORDER).unwrap();
    rig.placed("P20261120000002").await;
    assert_eq!(rig.party.pay("P20261120000002", -7).unwrap().amount, PRICE.0 - 7);
    rig.party.pay_unknown(5, &rig.merchant.url).unwrap();
    let transactions = rig.party.transactions().unwrap();
    assert_eq!(transactions.len(), 4);
    assert_eq!(transactions.values().sum::<i64>(), PRICE.0 * 3 - 7 + 5);
    assert_eq!(rig.party.money_held().unwrap(), PRICE.0 * 3 - 7 + 5);
}

/// A payer who presses twice, from two telephones, at the very moment the merchant closes.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_order_takes_money_once() {
    let rig = Rig::new().await;
    for round in 0..20 {
        let number = format!("P2026112000{round:04}");
        rig.placed(&number).await;
        let pay = || {
            let (party, number) = (rig.party.clone(), number.clone());
            tokio::task::spawn_blocking(move || party.pay(&number, 0).is_ok())
        };
        let (first, second) = (pay(), pay());
        let closed = rig.close(&number).await == CloseOutcome::Closed;
        let paid = usize::from(first.await.unwrap()) + usize::from(second.await.unwrap());
        assert_eq!(paid + usize::from(closed), 1);
    }
    let held = rig.party.transactions().unwrap().values().sum::<i64>();
    assert_eq!(rig.party.money_held().unwrap(), held);
}

#[tokio::test]
async fn an_order_that_breaks_a_rule_is_refused() {
    let rig = Rig::new().await;
    let good = |kind: &str| {
        json!({
            "appid": KEYS.appid, "mchid": KEYS.mchid, "description": "供热费", "out_trade_no": "H1|2*3_4-5",
            "notify_url": "https://pay.example.com/notify", "amount": { "total": 1 }, "payer": { "openid": ANNA },
            "scene_info": { "payer_client_ip": "203.0.113.7", "h5_info": { "type": "Wap" } }, "attach": kind,
        })
    };
    for (kind, field, value, code) in [
        ("jsapi", "/appid", json!("wx0"), "APPID_MCHID_NOT_MATCH"),
        ("jsapi", "/out_trade_no", json!("12345"), "PARAM_ERROR"),
        ("jsapi", "/out_trade_no", json!("H12345@"), "PARAM_ERROR"),
        ("jsapi", "/out_trade_no", json!("H".repeat(33)), "PARAM_ERROR"),
        ("jsapi", "/description", json!(""), "PARAM_ERROR"),
        ("jsapi", "/description", json!("费".repeat(128)), "PARAM_ERROR"),
        ("jsapi", "/notify_url", json!("http://pay.example.com/notify"), "PARAM_ERROR"),
        ("jsapi", "/notify_url", json!("https://pay.example.com/notify?a=b"), "PARAM_ERROR"),
        ("jsapi", "/amount/total", json!(0), "PARAM_ERROR"),
        ("jsapi", "/amount/total", json!("1"), "PARAM_ERROR"),
        ("jsapi", "/amount/total", json!(1.5), "PARAM_ERROR"),
        ("jsapi", "/amount/currency", json!("USD"), "PARAM_ERROR"),
        ("jsapi", "/payer/openid", json!(""), "PARAM_ERROR"),
        ("jsapi", "/time_expire", json!("2026-11-20T10:00:59+08:00"), "PARAM_ERROR"),
        ("jsapi", "/time_expire", json!("tomorrow"), "PARAM_ERROR"),
        ("jsapi", "/attach", json!("x".repeat(129)), "PARAM_ERROR"),
        ("jsapi", "/goods_tag", json!("x".repeat(33)), "PARAM_ERROR"),
        ("jsapi", "/detail", json!({ "goods_detail": "x".repeat(6144) }), "PARAM_ERROR"),
        ("h5", "/scene_info/payer_client_ip", json!("somewhere"), "PARAM_ERROR"),
        ("h5", "/scene_info/h5_info/type", json!("Web"), "PARAM_ERROR"),
    ] {
        let mut body = good(kind);
        match body.pointer_mut(field) {
            Some(at) => *at = value,
            None => {
                let (parent, name) = field.rsplit_once('/').unwrap();
                body.pointer_mut(parent).unwrap()[name] = value;
            }
        }
        let path = format!("/v3/pay/transactions/{kind}");
        let (status, said) = rig.call(http::Method::POST, &path, &body.to_string()).await;
        assert_eq!((status, said.as_str()), (400, code), "{kind} {body}");
    }
    for kind in ["jsapi", "h5", "native"] {
        let mut body = good(kind);
        body["out_trade_no"] = json!(format!("H1|2*3_4-5{kind}"));
        let path = format!("/v3/pay/transactions/{kind}");
        assert_eq!(rig.call(http::Method::POST, &path, &body.to_string()).await.0, 200, "{kind}");
        let (status, code) = rig.call(http::Method::POST, "/v3/pay/transactions/jsapi", &body.to_string()).await;
        let wanted = if kind == "jsapi" { (200, "") } else { (403, "OUT_TRADE_NO_USED") };
        assert_eq!((status, code.as_str()), wanted, "the same number for another way to pay");
    }
}
