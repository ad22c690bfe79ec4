use crate::street::{CountedIds, SetClock, outbound, serve};
use axum::{Json, Router, extract::State, routing::post};
use heatpay_partners::{
    PartnerError,
    sms::{SentSms, Sms, SmsOutcome, SmsReceipt, SmsSender, aliyun::AliyunSms as Client},
};
use heatpay_ports::{Clock, Ids};
use heatpay_sandbox::aliyun_sms::{AliyunAccount, AliyunSms, FlowLimits, SmsKind, SmsTemplate};
use http::StatusCode;
use jiff::civil::date;
use serde_json::{Value, json};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

const PHONE: &str = "13900000001";

struct Rig {
    clock: Arc<SetClock>,
    provider: AliyunSms,
    base_url: String,
    client: Client,
}

impl Rig {
    async fn new() -> Self {
        let template =
            |code: &str, kind, text: &str| SmsTemplate { code: code.to_owned(), kind, text: text.to_owned() };
        let account = AliyunAccount {
            access_key_id: "LTAI5tTEST".to_owned(),
            access_key_secret: "testAccessKeySecret".to_owned(),
            sign_names: vec!["海河热力".to_owned()],
            templates: vec![
                template("SMS_100001", SmsKind::Verification, "您的验证码为${code},5分钟内有效。"),
                template("SMS_100002", SmsKind::Notice, "${name}您好,${season}供热费${amount}元待缴。"),
            ],
            limits: FlowLimits::default(),
            receipt_after_seconds: 3,
        };
        let clock = SetClock::at("2026-11-20T02:00:00Z");
        let ids: Arc<dyn Ids> = Arc::new(CountedIds::default());
        let provider = AliyunSms::open(account, None, clock.clone(), ids.clone()).unwrap();
        let base_url = serve(provider.router()).await;
        let client = client(&base_url, "testAccessKeySecret", ids);
        Self { clock, provider, base_url, client }
    }

    async fn send(&self, sms: &Sms) -> Result<SmsOutcome, PartnerError> {
        self.client.send(sms, self.clock.now()).await
    }

    async fn find(&self, out_id: &str) -> Option<SentSms> {
        self.client.find_sent(PHONE, date(2026, 11, 20), out_id, self.clock.now()).await.unwrap()
    }
}

fn client(base_url: &str, secret: &str, ids: Arc<dyn Ids>) -> Client {
    let settings = json!({ "access_key_id": "LTAI5tTEST", "access_key_secret": secret, "sign_name": "海河热力" });
    Client::new(serde_json::from_value(settings).unwrap(), base_url, outbound(), ids)
}

fn sms(template_code: &str, params: &[(&str, &str)], out_id: &str) -> Sms {
    Sms {
        phone: PHONE.to_owned(),
        template_code: template_code.to_owned(),
        params: params.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
        out_id: out_id.to_owned(),
    }
}

fn code(out_id: &str) -> Sms {
    sms("SMS_100001", &[("code", "482913")], out_id)
}

fn reminder(out_id: &str) -> Sms {
    sms("SMS_100002", &[("name", "张*"), ("season", "2026-2027采暖季"), ("amount", "2238.00")], out_id)
}

fn is_accepted(outcome: &SmsOutcome) -> bool {
    matches!(outcome, SmsOutcome::Accepted { .. })
}

#[tokio::test]
async fn a_reminder_arrives_with_its_values_filled_in() {
    let rig = Rig::new().await;
    assert_eq!(rig.find("N1").await, None);
    assert!(is_accepted(&rig.send(&reminder("N1")).await.unwrap()));
    assert_eq!(rig.provider.inbox().unwrap()[0].text, "【海河热力】张*您好,2026-2027采暖季供热费2238.00元待缴。");
    assert_eq!(rig.find("N1").await.unwrap().receipt, SmsReceipt::Waiting);
    rig.clock.seconds(3);
    assert_eq!(rig.find("N1").await.unwrap().receipt, SmsReceipt::Delivered);
    assert_eq!(rig.find("N2").await, None);
}

#[tokio::test]
async fn what_the_carrier_did_not_deliver_is_found_with_its_code() {
    let rig = Rig::new().await;
    rig.provider.set_failing(PHONE, Some("MK:0001")).unwrap();
    rig.send(&reminder("N1")).await.unwrap();
    rig.clock.seconds(3);
    assert_eq!(rig.find("N1").await.unwrap().receipt, SmsReceipt::Failed { code: "MK:0001".to_owned() });
}

#[tokio::test]
async fn a_second_code_in_a_minute_waits_a_sixth_in_an_hour_is_given_up() {
    let rig = Rig::new().await;
    assert!(is_accepted(&rig.send(&code("C0")).await.unwrap()));
    let too_soon = rig.send(&code("C1")).await.unwrap();
    let at_least = Duration::from_secs(60);
    assert_eq!(too_soon, SmsOutcome::Delay { at_least, code: "isv.BUSINESS_LIMIT_CONTROL".to_owned() });
    for out_id in ["C1", "C2", "C3", "C4"] {
        rig.clock.seconds(61);
        assert!(is_accepted(&rig.send(&code(out_id)).await.unwrap()), "{out_id}");
    }
    rig.clock.seconds(61);
    let sixth = rig.send(&code("C5")).await.unwrap();
    assert!(matches!(&sixth, SmsOutcome::GiveUp { message, .. } if message.contains("小时级")), "{sixth:?}");
    assert_eq!(rig.provider.inbox().unwrap().len(), 5);
}

#[tokio::test]
async fn a_notice_is_not_held_up_by_the_codes_limits() {
    let rig = Rig::new().await;
    rig.send(&code("C0")).await.unwrap();
    for number in 0..50 {
        assert!(is_accepted(&rig.send(&reminder(&format!("N{number}"))).await.unwrap()));
    }
    let one_more = rig.send(&reminder("N50")).await.unwrap();
    assert!(matches!(&one_more, SmsOutcome::GiveUp { message, .. } if message.contains("天级")), "{one_more:?}");
    assert!(rig.find("C0").await.is_some(), "the oldest, on the second page");
}

#[tokio::test]
async fn what_is_wrong_with_a_message_is_told_apart() {
    let rig = Rig::new().await;
    let long = "长".repeat(36);
    for (sms, wanted) in [
        (sms("SMS_404", &[], "N1"), "isv.SMS_TEMPLATE_ILLEGAL"),
        (sms("SMS_100001", &[], "N1"), "isv.TEMPLATE_MISSING_PARAMETERS"),
        (sms("SMS_100001", &[("code", &long)], "N1"), "isv.PARAM_LENGTH_LIMIT"),
        (sms("SMS_100001", &[("code", "https://a.cn")], "N1"), "isv.PARAM_NOT_SUPPORT_URL"),
    ] {
        let outcome = rig.send(&sms).await.unwrap();
        assert!(matches!(&outcome, SmsOutcome::OurData { code, .. } if code == wanted), "{wanted}: {outcome:?}");
    }
    let landline = Sms { phone: "02212345678".to_owned(), ..reminder("N1") };
    let outcome = rig.send(&landline).await.unwrap();
    assert_eq!(outcome, SmsOutcome::BadNumber { code: "isv.MOBILE_NUMBER_ILLEGAL".to_owned() });
    assert!(rig.provider.inbox().unwrap().is_empty());
}

#[tokio::test]
async fn a_wrong_key_a_wrong_clock_and_an_empty_account_stop_everything() {
    let rig = Rig::new().await;
    let stranger = client(&rig.base_url, "guess", Arc::new(CountedIds::default()));
    let late = rig.clock.now() + jiff::SignedDuration::from_mins(16);
    rig.provider.answer_next(StatusCode::OK, "isv.AMOUNT_NOT_ENOUGH", "账户余额不足").unwrap();
    for (sent, wanted) in [
        (stranger.send(&reminder("N1"), rig.clock.now()).await, "SignatureDoesNotMatch"),
        (rig.client.send(&reminder("N1"), late).await, "InvalidTimeStamp.Expired"),
        (rig.send(&reminder("N1")).await, "isv.AMOUNT_NOT_ENOUGH"),
    ] {
        assert!(matches!(&sent, Err(PartnerError::Misconfigured { code, .. }) if code == wanted), "{wanted}: {sent:?}");
    }
}

#[tokio::test]
async fn a_nonce_is_good_once() {
    let rig = Rig::new().await;
    let again = client(&rig.base_url, "testAccessKeySecret", Arc::new(CountedIds::default()));
    let other = client(&rig.base_url, "testAccessKeySecret", Arc::new(CountedIds::default()));
    assert!(again.send(&reminder("N1"), rig.clock.now()).await.is_ok());
    let replayed = other.send(&reminder("N1"), rig.clock.now()).await;
    assert!(matches!(&replayed, Err(PartnerError::Misconfigured { code, .. }) if code == "SignatureNonceUsed"));
}

#[tokio::test]
async fn throttling_may_be_tried_later_and_a_failure_inside_is_unknown() {
    let rig = Rig::new().await;
    rig.provider.answer_next(StatusCode::BAD_REQUEST, "Throttling.User", "Request was denied").unwrap();
    let throttled = rig.send(&reminder("N1")).await;
    assert!(matches!(throttled, Err(PartnerError::TryLater { .. })), "{throttled:?}");
    rig.provider.answer_next(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable", "busy").unwrap();
    let failed = rig.send(&reminder("N1")).await;
    assert!(matches!(failed, Err(PartnerError::OutcomeUnknown { .. })), "{failed:?}");
}

#[tokio::test]
async fn receipts_are_pushed_until_they_are_acknowledged_and_sometimes_twice() {
    type Got = Arc<Mutex<Vec<Value>>>;
    let got = Got::default();
    let receive = async |State(got): State<Got>, Json(batch): Json<Vec<Value>>| {
        let mut got = got.lock().unwrap();
        let first = got.is_empty();
        got.extend(batch);
        // The first time the receiver is out of order.
        Json(json!({ "code": i32::from(first), "msg": "" }))
    };
    let url = serve(Router::new().route("/receipts", post(receive)).with_state(got.clone())).await + "/receipts";
    let rig = Rig::new().await;
    rig.send(&reminder("N1")).await.unwrap();
    let outbound = outbound();
    assert_eq!(rig.provider.push_receipts(&outbound, &url).await.unwrap(), 0, "the carrier has not told yet");
    rig.clock.seconds(3);
    assert_eq!(rig.provider.push_receipts(&outbound, &url).await.unwrap(), 0, "not acknowledged");
    assert_eq!(rig.provider.push_receipts(&outbound, &url).await.unwrap(), 1);
    assert_eq!(rig.provider.push_receipts(&outbound, &url).await.unwrap(), 0, "acknowledged");
    rig.provider.forget_acknowledgements().unwrap();
    assert_eq!(rig.provider.push_receipts(&outbound, &url).await.unwrap(), 1);
    let got = got.lock().unwrap();
    assert_eq!(got.len(), 3);
    assert_eq!((&got[0]["out_id"], &got[0]["sms_size"], &got[0]["success"]), (&json!("N1"), &json!("1"), &json!(true)));
}
