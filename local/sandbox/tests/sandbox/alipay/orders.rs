use super::rig::{PRICE, Rig};
use heatpay_channels::{ChannelError, CloseOutcome, OrderState, PaymentChannel, alipay::SignIn};
use heatpay_domain::{Fen, payment::Scene};
use heatpay_ports::Clock;
use http::{Method, header};

const ONE: &str = "P01KB1Q2Z3A4B5C6D7E8F9G0H1J";

#[tokio::test]
async fn an_order_of_the_mini_program_waits_is_paid_and_is_evidence() {
    let rig = Rig::new().await;
    let trade_no = rig.placed(ONE, Scene::Jsapi).await;
    assert_eq!(rig.query(ONE).await, OrderState::Waiting);
    assert_eq!(rig.placed(ONE, Scene::Jsapi).await, trade_no, "the same order placed again is the same order");
    rig.party.pay(&trade_no, 0).unwrap();
    let OrderState::Paid(evidence) = rig.query(ONE).await else { panic!("it was paid") };
    assert_eq!((evidence.amount, evidence.channel_txn, evidence.paid_at), (PRICE, trade_no, rig.clock.now()));
    assert_eq!(evidence.payer.as_deref(), Some("0740anna"));
    assert_eq!(rig.close(ONE).await, CloseOutcome::AlreadyPaid);
    assert!(rig.party.pay(ONE, 0).is_err(), "nobody pays twice");
}

#[tokio::test]
async fn the_same_number_with_another_sum_leaves_the_outcome_open() {
    let rig = Rig::new().await;
    rig.placed(ONE, Scene::Jsapi).await;
    let mut other = rig.order(ONE, Scene::Jsapi);
    other.amount = Fen(1);
    let placed = rig.client.place_order(&other, rig.clock.now()).await;
    assert!(matches!(placed, Err(ChannelError::OutcomeUnknown { .. })), "{placed:?}");
}

#[tokio::test]
async fn an_order_is_closed_by_us_or_by_its_time() {
    let rig = Rig::new().await;
    rig.placed(ONE, Scene::Jsapi).await;
    assert_eq!(rig.close(ONE).await, CloseOutcome::Closed);
    assert_eq!((rig.query(ONE).await, rig.close(ONE).await), (OrderState::Closed, CloseOutcome::Closed));
    let again = rig.client.place_order(&rig.order(ONE, Scene::Jsapi), rig.clock.now()).await;
    assert!(matches!(again, Err(ChannelError::Refused { .. })), "{again:?}");

    let two = "P01KB1Q2Z3A4B5C6D7E8F9G0H1K";
    rig.placed(two, Scene::Jsapi).await;
    rig.clock.seconds(15 * 60);
    assert_eq!(rig.query(two).await, OrderState::Closed);
    assert!(rig.party.pay(two, 0).is_err());
}

#[tokio::test]
async fn a_code_is_no_trade_before_somebody_scans_it() {
    let rig = Rig::new().await;
    let code = rig.placed(ONE, Scene::Native).await;
    assert_eq!((rig.query(ONE).await, rig.close(ONE).await), (OrderState::Unknown, CloseOutcome::Unknown));
    let (status, _, page) = rig.ask(Method::GET, &code, "").await;
    assert_eq!(status, 200);
    assert!(String::from_utf8(page).unwrap().contains("¥ 2238.00"));
    assert_eq!(rig.query(ONE).await, OrderState::Waiting);
    rig.party.pay(&code, 0).unwrap();
    assert!(matches!(rig.query(ONE).await, OrderState::Paid(_)));
}

#[tokio::test]
async fn a_page_is_opened_by_its_signed_address_paid_at_a_press_and_sends_the_browser_back() {
    for scene in [Scene::H5, Scene::Page] {
        let rig = Rig::new().await;
        let address = rig.placed(ONE, scene).await;
        let (status, _, page) = rig.ask(Method::GET, &address, "").await;
        let page = String::from_utf8(page).unwrap();
        assert_eq!(status, 200);
        assert!(page.contains("供热费+滞纳金 100%") && page.contains(&format!("/cashier/{ONE}")), "{page}");
        assert_eq!(rig.query(ONE).await, OrderState::Unknown, "nobody has signed in yet");
        let (status, headers, _) = rig.ask(Method::POST, &format!("{}/cashier/{ONE}", rig.base_url), "").await;
        assert_eq!(status, 303);
        let back = headers[header::LOCATION].to_str().unwrap();
        assert!(back.starts_with("https://pay.example.com/m/?app_id=") && back.ends_with("#/result?of=1"), "{back}");
        assert!(matches!(rig.query(ONE).await, OrderState::Paid(_)));
    }
}

#[tokio::test]
async fn an_address_that_was_changed_opens_a_page_of_errors_in_gbk() {
    let rig = Rig::new().await;
    let address = rig.placed(ONE, Scene::H5).await.replace("2238.00", "0.01");
    let (_, headers, page) = rig.ask(Method::GET, &address, "").await;
    assert_eq!(headers[header::CONTENT_TYPE], "text/html;charset=GBK");
    assert!(String::from_utf8(page).is_err(), "it is not UTF-8");
    assert!(rig.party.orders().unwrap().is_empty());
}

#[tokio::test]
async fn a_code_of_the_mini_program_is_good_once() {
    let rig = Rig::new().await;
    let code = rig.party.mint_login_code("0740anna").unwrap();
    let person = SignIn::Person { open_id: "0740anna".to_owned() };
    assert_eq!(rig.client.sign_in(&code, rig.clock.now()).await.unwrap(), person);
    assert_eq!(rig.client.sign_in(&code, rig.clock.now()).await.unwrap(), SignIn::BadCode);
    assert_eq!(rig.client.sign_in("nobodys", rig.clock.now()).await.unwrap(), SignIn::BadCode);
}
