use super::rig::{ORDER, PRICE, Rig};
use heatpay_channels::{ChannelError, CloseOutcome, OrderState, PaymentChannel};
use heatpay_domain::payment::Scene;
use heatpay_ports::Clock;
use heatpay_sandbox::unionpay::NotPaid;

fn is_paid(state: &OrderState) -> bool {
    matches!(state, OrderState::Paid(evidence) if evidence.amount == PRICE && evidence.payment_no == ORDER)
}

#[tokio::test]
async fn the_app_pays_with_its_tn_and_the_browser_with_its_form() {
    for scene in [Scene::App, Scene::H5, Scene::Page] {
        let rig = Rig::new().await;
        let parameters = rig.placed(scene).await;
        assert_eq!(rig.query().await, OrderState::Waiting, "34 while nobody tried to pay");
        let paid = rig.party.pay_with_client_parameters(&parameters).unwrap();
        let OrderState::Paid(evidence) = rig.query().await else { panic!("{scene:?} is paid") };
        assert_eq!((evidence.channel_txn, evidence.amount, evidence.paid_at), (paid.query_id, PRICE, rig.clock.now()));
        let again = rig.party.pay_with_client_parameters(&parameters);
        assert!(matches!(again, Err(NotPaid::Not(_) | NotPaid::Refused("12", _))), "{again:?}");
        assert_eq!(rig.party.money_held().unwrap(), PRICE.0);
    }
}

#[tokio::test]
async fn a_form_changed_in_the_browser_is_refused() {
    let rig = Rig::new().await;
    for (name, value) in [("txnAmt", "1"), ("orderId", "P20261120000002"), ("signature", "AAAA"), ("certId", "1")] {
        let mut forged = rig.placed(Scene::H5).await;
        forged.insert(name.to_owned(), value.to_owned());
        let paid = rig.party.pay_with_client_parameters(&forged);
        assert!(matches!(paid, Err(NotPaid::Refused("11" | "31", _))), "{name}: {paid:?}");
    }
    assert!(rig.party.orders().unwrap().is_empty());
}

#[tokio::test]
async fn the_payer_presses_the_button_and_is_sent_back() {
    let rig = Rig::new().await;
    let mut form = rig.placed(Scene::Page).await;
    let action = form.remove("form_action").unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let post = async |url: &str, fields: Vec<(String, String)>| {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let sending = http.post(url).header("content-type", "application/x-www-form-urlencoded").body(body);
        sending.send().await.unwrap().text().await.unwrap()
    };
    let page = post(&action, form.clone().into_iter().collect()).await;
    assert!(page.contains("2238.00 元") && page.contains("确认支付"), "{page}");
    let pressed = ["orderId", "txnTime"].map(|name| (name.to_owned(), form[name].clone()));
    let page = post(&format!("{}/gateway/pay", rig.base_url), pressed.into()).await;
    assert!(page.contains("/notify/return") && page.contains("signPubKeyCert"), "{page}");
    assert!(is_paid(&rig.query().await));
}

#[tokio::test]
async fn an_order_sent_twice_is_a_duplicate_whose_tn_is_not_told_again() {
    let rig = Rig::new().await;
    rig.placed(Scene::App).await;
    let again = rig.client.place_order(&rig.order(Scene::App), rig.clock.now()).await;
    assert!(matches!(&again, Err(ChannelError::Refused { code, .. }) if code == "12"), "{again:?}");
}

#[tokio::test]
async fn a_payment_under_way_comes_through() {
    let rig = Rig::new().await;
    rig.party.set_slow(true);
    rig.paid().await;
    assert_eq!(rig.query().await, OrderState::Waiting, "05");
    rig.clock.seconds(2);
    rig.act().await;
    assert!(is_paid(&rig.query().await));
}

#[tokio::test]
async fn only_its_time_closes_an_order() {
    let rig = Rig::new().await;
    rig.placed(Scene::H5).await;
    assert_eq!(rig.close().await, CloseOutcome::StillOpen);
    rig.clock.seconds(29 * 60);
    rig.placed_form_is_over().await;
    rig.clock.seconds(60);
    assert_eq!(rig.close().await, CloseOutcome::Closed);
    assert_eq!(rig.query().await, OrderState::Closed);
}

impl Rig {
    /// UnionPay refuses the payer a minute before we take its word for final.
    async fn placed_form_is_over(&self) {
        let parameters = self.client.client_parameters(Scene::App, "nothing", self.clock.now());
        assert!(matches!(self.party.pay_with_client_parameters(&parameters), Err(NotPaid::Unknown)));
        assert_eq!(self.query().await, OrderState::Waiting);
    }
}

#[tokio::test]
async fn a_payer_who_comes_too_late_is_refused_and_money_taken_all_the_same_is_money() {
    let rig = Rig::new().await;
    rig.placed(Scene::App).await;
    rig.clock.seconds(29 * 60);
    assert!(matches!(rig.party.pay(ORDER, 0), Err(NotPaid::Not(_))));
    rig.clock.seconds(60);
    assert_eq!(rig.query().await, OrderState::Closed);
    rig.party.pay_late(ORDER).unwrap();
    assert!(is_paid(&rig.query().await), "42");
    assert_eq!(rig.close().await, CloseOutcome::AlreadyPaid);
}

#[tokio::test]
async fn a_card_without_money_ends_the_order() {
    let rig = Rig::new().await;
    rig.placed(Scene::App).await;
    rig.party.fail(ORDER).unwrap();
    assert_eq!(rig.query().await, OrderState::Closed);
}

#[tokio::test]
async fn what_unionpay_knows_survives_its_process() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    Rig::with(Some(&file)).await.paid().await;
    assert!(is_paid(&Rig::with(Some(&file)).await.query().await));
}
