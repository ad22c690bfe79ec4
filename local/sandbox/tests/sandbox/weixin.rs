use crate::street::{CountedIds, SetClock, outbound, serve};
use heatpay_partners::{
    PartnerError,
    weixin::{MessageOutcome, PhoneLookup, Shipping, ShippingOutcome, SignIn, SubscribeMessage, Weixin as Client},
};
use heatpay_ports::Clock;
use heatpay_sandbox::weixin::{MessageTemplate, Weixin, WeixinAccount};
use jiff::SignedDuration;
use serde_json::json;
use std::sync::Arc;

const REMIND: &str = "tmpl-remind";
const SEND: &str = "/cgi-bin/message/subscribe/send";
const ANNA: &str = "oAnna";

struct Rig {
    clock: Arc<SetClock>,
    platform: Weixin,
    base_url: String,
    client: Client,
}

impl Rig {
    async fn new() -> Self {
        let field = |key: &str, caption: &str| (key.to_owned(), caption.to_owned());
        let account = WeixinAccount {
            appid: "wx1".to_owned(),
            secret: "s3cret".to_owned(),
            templates: vec![MessageTemplate {
                id: REMIND.to_owned(),
                title: "缴费提醒".to_owned(),
                fields: vec![field("thing1", "户主"), field("amount2", "金额"), field("date3", "截止日期")],
            }],
            trade_managed: true,
        };
        let clock = SetClock::at("2026-11-20T02:00:00Z");
        let platform = Weixin::open(account, None, clock.clone(), Arc::new(CountedIds::default())).unwrap();
        let base_url = serve(platform.router()).await;
        let client = client(&base_url, "s3cret");
        Self { clock, platform, base_url, client }
    }

    async fn send(&self, message: &SubscribeMessage) -> Result<MessageOutcome, PartnerError> {
        self.client.send_message(message, self.clock.now()).await
    }

    async fn ship(&self, description: &str, payer: &str) -> Result<ShippingOutcome, PartnerError> {
        let shipping = Shipping {
            transaction_id: "42000001".to_owned(),
            payer_openid: payer.to_owned(),
            description: description.to_owned(),
        };
        self.client.upload_shipping(&shipping, self.clock.now()).await
    }
}

fn client(base_url: &str, secret: &str) -> Client {
    let settings = json!({ "appid": "wx1", "secret": secret });
    Client::new(serde_json::from_value(settings).unwrap(), base_url, outbound())
}

fn reminder(openid: &str) -> SubscribeMessage {
    let values = [("thing1", "张*"), ("amount2", "2238.00元"), ("date3", "2026年12月31日")];
    SubscribeMessage {
        openid: openid.to_owned(),
        template_id: REMIND.to_owned(),
        page: Some("pages/bill?no=B1".to_owned()),
        values: values.map(|(key, value)| (key.to_owned(), value.to_owned())).into(),
    }
}

fn is_sent(outcome: &MessageOutcome) -> bool {
    matches!(outcome, MessageOutcome::Sent { .. })
}

#[tokio::test]
async fn a_login_code_stands_for_its_person_once_and_for_five_minutes() {
    let rig = Rig::new().await;
    let code = rig.platform.mint_login_code(ANNA).unwrap();
    let anna = SignIn::Person { openid: ANNA.to_owned(), unionid: None };
    assert_eq!(rig.client.sign_in(&code).await.unwrap(), anna);
    assert_eq!(rig.client.sign_in(&code).await.unwrap(), SignIn::BadCode, "used");
    assert_eq!(rig.client.sign_in("made-up").await.unwrap(), SignIn::BadCode, "unknown");
    let old = rig.platform.mint_login_code(ANNA).unwrap();
    rig.clock.seconds(301);
    assert_eq!(rig.client.sign_in(&old).await.unwrap(), SignIn::BadCode, "too old");
}

#[tokio::test]
async fn a_wrong_secret_is_a_setting_and_a_blocked_or_hasty_person_is_told_apart() {
    let rig = Rig::new().await;
    let refused = client(&rig.base_url, "guess").sign_in("any").await;
    assert!(matches!(&refused, Err(PartnerError::Misconfigured { code, .. }) if code == "40125"), "{refused:?}");
    for (errcode, wanted) in [(40226, SignIn::Blocked), (45011, SignIn::TooOften)] {
        rig.platform.answer_once("/sns/jscode2session", errcode).unwrap();
        assert_eq!(rig.client.sign_in("any").await.unwrap(), wanted);
    }
    rig.platform.answer_once("/sns/jscode2session", -1).unwrap();
    let busy = rig.client.sign_in("any").await;
    assert!(matches!(busy, Err(PartnerError::TryLater { .. })), "{busy:?}");
}

#[tokio::test]
async fn a_phone_code_gives_the_number_once() {
    let rig = Rig::new().await;
    let code = rig.platform.mint_phone_code("13900000001").unwrap();
    let number = PhoneLookup::Verified { number: "13900000001".to_owned(), country_code: "86".to_owned() };
    assert_eq!(rig.client.phone_number(&code, ANNA, rig.clock.now()).await.unwrap(), number);
    assert_eq!(rig.client.phone_number(&code, ANNA, rig.clock.now()).await.unwrap(), PhoneLookup::BadCode);
}

#[tokio::test]
async fn one_grant_carries_one_message() {
    let rig = Rig::new().await;
    assert_eq!(rig.send(&reminder(ANNA)).await.unwrap(), MessageOutcome::UnknownOpenid);
    rig.platform.grant(ANNA, REMIND).unwrap();
    assert!(is_sent(&rig.send(&reminder(ANNA)).await.unwrap()));
    assert_eq!(rig.send(&reminder(ANNA)).await.unwrap(), MessageOutcome::NoGrant);
    let inbox = rig.platform.inbox().unwrap();
    assert_eq!((inbox.len(), inbox[0].title.as_str()), (1, "缴费提醒"));
    assert_eq!(inbox[0].lines[1], ("金额".to_owned(), "2238.00元".to_owned()));
}

#[tokio::test]
async fn a_long_name_is_cut_before_it_goes_out_and_a_bad_amount_stays_here() {
    let rig = Rig::new().await;
    rig.platform.grant(ANNA, REMIND).unwrap();
    let mut message = reminder(ANNA);
    message.values.insert("amount2".to_owned(), "a lot".to_owned());
    let refused = rig.send(&message).await.unwrap();
    assert!(matches!(&refused, MessageOutcome::OurData { message } if message.contains("amount2")), "{refused:?}");
    message.values.insert("amount2".to_owned(), "12.00".to_owned());
    message.values.insert("thing1".to_owned(), "海".repeat(30));
    assert!(is_sent(&rig.send(&message).await.unwrap()));
    message.values.remove("thing1");
    let missing = rig.send(&message).await.unwrap();
    assert!(matches!(missing, MessageOutcome::OurData { .. }), "{missing:?}");
}

#[tokio::test]
async fn a_refused_token_is_fetched_again_once_and_a_second_refusal_is_a_setting() {
    let rig = Rig::new().await;
    for errcode in [40001, 42001, 40014] {
        rig.platform.grant(ANNA, REMIND).unwrap();
        rig.platform.answer_once(SEND, errcode).unwrap();
        assert!(is_sent(&rig.send(&reminder(ANNA)).await.unwrap()), "{errcode}");
    }
    rig.platform.answer_once(SEND, 40001).unwrap();
    rig.platform.answer_once(SEND, 40001).unwrap();
    let refused = rig.send(&reminder(ANNA)).await;
    assert!(matches!(refused, Err(PartnerError::Misconfigured { .. })), "{refused:?}");
}

#[tokio::test]
async fn the_token_is_kept_until_five_minutes_before_its_end() {
    let rig = Rig::new().await;
    let managed = async || rig.client.is_trade_managed(rig.clock.now()).await;
    assert!(managed().await.unwrap());
    // From here a fetch would fail, so a call that works used the token at hand.
    rig.platform.answer_once("/cgi-bin/stable_token", 40125).unwrap();
    rig.clock.pass(SignedDuration::from_mins(114));
    assert!(managed().await.unwrap());
    rig.clock.pass(SignedDuration::from_mins(2));
    let fetched = managed().await;
    assert!(matches!(&fetched, Err(PartnerError::Misconfigured { code, .. }) if code == "40125"), "{fetched:?}");
    assert!(managed().await.unwrap());
}

#[tokio::test]
async fn what_stops_messages_is_told_apart_from_what_stops_everything() {
    let rig = Rig::new().await;
    for errcode in [43107, 43108] {
        rig.platform.answer_once(SEND, errcode).unwrap();
        let stopped = MessageOutcome::Stopped { code: errcode.to_string() };
        assert_eq!(rig.send(&reminder(ANNA)).await.unwrap(), stopped);
    }
    for errcode in [40037, 41030, 45009] {
        rig.platform.answer_once(SEND, errcode).unwrap();
        let sent = rig.send(&reminder(ANNA)).await;
        assert!(matches!(sent, Err(PartnerError::Misconfigured { .. })), "{errcode}: {sent:?}");
    }
}

#[tokio::test]
async fn shipping_is_told_once_and_corrected_once() {
    let rig = Rig::new().await;
    assert_eq!(rig.ship("供热费*1", ANNA).await.unwrap(), ShippingOutcome::PaymentNotFound);
    rig.platform.know_payment("42000001", ANNA).unwrap();
    assert_eq!(rig.ship("供热费*1", "oStranger").await.unwrap(), ShippingOutcome::WrongPayer);
    assert_eq!(rig.ship("供热费*1", ANNA).await.unwrap(), ShippingOutcome::Done);
    assert_eq!(rig.ship("供热费*1", ANNA).await.unwrap(), ShippingOutcome::AlreadyDone, "unchanged");
    let same_moment = rig.ship("2026-2027采暖季供热费*1", ANNA).await;
    assert!(matches!(&same_moment, Err(PartnerError::Refused { code, .. }) if code == "268485216"), "{same_moment:?}");
    rig.clock.pass(SignedDuration::from_millis(120));
    assert_eq!(rig.ship("2026-2027采暖季供热费*1", ANNA).await.unwrap(), ShippingOutcome::Done);
    assert_eq!(rig.ship("供热费", ANNA).await.unwrap(), ShippingOutcome::AlreadyDone, "the chance is used");
    assert_eq!(rig.platform.shippings().unwrap()[0].times, 2);
}

#[tokio::test]
async fn a_refunded_payment_is_not_shipped() {
    let rig = Rig::new().await;
    rig.platform.know_payment("42000001", ANNA).unwrap();
    rig.platform.refund_payment("42000001").unwrap();
    assert_eq!(rig.ship("供热费*1", ANNA).await.unwrap(), ShippingOutcome::NotShippable);
}

#[tokio::test]
async fn a_broken_line_leaves_the_outcome_open_and_the_secret_out_of_the_log() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { while listener.accept().await.is_ok() {} });
    let broken = client(&base_url, "s3cret").sign_in("any").await.unwrap_err();
    assert!(matches!(broken, PartnerError::OutcomeUnknown { .. }), "{broken:?}");
    let mut told = format!("{broken:?}");
    let mut cause: Option<&dyn std::error::Error> = Some(&broken);
    while let Some(error) = cause {
        told.push_str(&error.to_string());
        cause = error.source();
    }
    assert!(!told.contains("s3cret"), "{told}");
}
