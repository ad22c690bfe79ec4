//! What names a person, or opens a door, is in no log and stands in no table in clear.

use heatpay_tests::town::{PASSWORD, Town};
use reqwest::Method;
use serde_json::{Value, json};
use std::{
    io,
    sync::{Arc, Mutex, OnceLock},
};

const PHONE: &str = "13800005678";
const EMAIL: &str = "lin.xiaochen@example.com";

/// All that this process logs, everything from `debug` up.
fn log() -> &'static Arc<Mutex<Vec<u8>>> {
    static LOG: OnceLock<Arc<Mutex<Vec<u8>>>> = OnceLock::new();
    LOG.get_or_init(|| {
        let log = Arc::<Mutex<Vec<u8>>>::default();
        let writer = Lines(log.clone());
        tracing_subscriber::fmt()
            .json()
            .with_env_filter("debug,dynoxide=info")
            .with_writer(move || writer.clone())
            .try_init()
            .expect("no other test logs");
        log
    })
}

#[derive(Clone)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no writer dies").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What the people of the first households are called, and how they are reached.
fn of_people(town: &Town) -> Vec<String> {
    let people = town.households.iter().map(|row| &row.household);
    let named = people.flat_map(|h| [Some(h.holder.clone()), h.phone.clone(), h.id_no.clone()]);
    named.flatten().chain([PHONE.to_owned(), EMAIL.to_owned()]).collect()
}

/// A person comes by SMS and by WeChat, proves his household wrongly and rightly, pays with an invoice; things go wrong on the
/// way. Answers what of it was secret.
async fn a_busy_day(town: &Town) -> Vec<String> {
    let call = |path: &'static str, body: Value| town.call(Method::POST, path, None, Some(body), &[]);
    let no_money = (reqwest::StatusCode::OK, "isv.AMOUNT_NOT_ENOUGH", "账户余额不足");
    town.world.parties.aliyun_sms.answer_next(no_money.0, no_money.1, no_money.2).expect("a sandbox");
    call("/api/session/sms-codes", json!({ "phone": PHONE })).await.expect(503);
    town.pass(jiff::SignedDuration::from_mins(1)).await;
    call("/api/session/sms-codes", json!({ "phone": PHONE })).await.expect(202);
    let text = town.world.parties.aliyun_sms.inbox().expect("an inbox")[0].text.clone();
    let code: String = text.chars().filter(char::is_ascii_digit).take(6).collect();
    let session = call("/api/session/sms", json!({ "phone": PHONE, "code": code })).await.expect(200);

    let mut resident = town.somebody().await;
    let mut wrong = town.proof(0);
    wrong["last4"] = json!("9999");
    resident.post("/api/households", wrong).await.expect(422);
    resident.bind(0).await;
    let account = town.account(0);
    let order = json!({
        "account_no": account, "bill_nos": resident.open_bills(account).await, "channel": "wechatpay", "scene": "jsapi",
        "invoice_title": { "name": town.households[0].household.holder, "email": EMAIL },
    });
    town.world.parties.wechatpay.switches().set_outage(heatpay_sandbox::switches::Outage::Down, Some(1));
    resident.start(order.clone(), "on-a-busy-day").await.expect(503);
    town.pass(jiff::SignedDuration::from_secs(11)).await;
    let payment = resident.start(order, "on-a-busy-day").await.expect(201);
    resident.pay_in_app(&payment);
    call("/callbacks/wechatpay", json!({ "resource": { "name": PHONE } })).await.expect(401);
    town.settle_down().await;
    assert_eq!(resident.status_of(&payment).await, "paid");
    let shown = json!({ "refresh_token": resident.refresh_token });
    call("/api/session/refresh", shown.clone()).await.expect(200);
    town.pass(jiff::SignedDuration::from_mins(1)).await;
    call("/api/session/refresh", shown).await.expect(401);

    let administrator = town.first_administrator().await;
    let wrong = json!({ "login_name": "first.administrator", "password": "a wrong sentence", "totp_code": "000000" });
    call("/api/staff/session", wrong).await.expect(422);
    town.pass(jiff::SignedDuration::from_mins(1)).await;
    administrator.sign_in(PASSWORD).await.expect(200);

    let secret = |body: &Value, name: &str| body[name].as_str().expect("text").to_owned();
    let keys = town.world.parties.wechatpay.keys();
    vec![
        format!("\"{code}\""),
        PASSWORD.to_owned(),
        town.first_administrator_secret().await,
        administrator.totp.text(),
        administrator.token.clone(),
        administrator.refresh_token.clone(),
        secret(&session, "access_token"),
        secret(&session, "refresh_token"),
        resident.token.clone(),
        resident.refresh_token.clone(),
        keys.apiv3_key.clone(),
        keys.merchant_private_key.lines().nth(1).expect("a key").to_owned(),
        secret(&town.world.parties.secret("WeixinSecret").expect("an account"), "secret"),
        secret(&town.world.parties.secret("AliyunSecret").expect("an account"), "access_key_secret"),
        secret(&town.world.parties.secret("BaiwangSecret").expect("an account"), "app_secret"),
    ]
}

#[tokio::test]
async fn no_log_names_a_person_or_tells_a_secret() {
    let log = log();
    let town = Town::billed().await;
    let secrets = a_busy_day(&town).await;
    let logged = String::from_utf8(log.lock().expect("no writer dies").clone()).expect("UTF-8");
    for line in ["money recorded", "a notification is not from the channel", "a replaced refresh token came again"] {
        assert!(logged.contains(line), "the log was not looked at: {line}");
    }
    for private in of_people(&town).iter().chain(&secrets) {
        let told = logged.lines().find(|line| line.contains(private.as_str()));
        assert!(told.is_none(), "{private} is logged: {}", told.unwrap_or_default());
    }
}

#[tokio::test]
async fn no_table_has_a_persons_name_number_or_address_for_mail_in_clear() {
    let town = Town::billed().await;
    a_busy_day(&town).await;
    let context = town.world.operator().await.expect("the tables answer");
    let mut looked_at = 0;
    for table in &town.world.template.tables {
        let items = context.aws.dynamodb.scan().table_name(&table.name).send().await.expect("a scan");
        for item in items.items() {
            let text = format!("{item:?}");
            looked_at += 1;
            for private in of_people(&town) {
                assert!(!text.contains(&private), "{} has {private} in clear: {text}", table.name);
            }
        }
    }
    assert!(looked_at > 40, "{looked_at} items");
}
