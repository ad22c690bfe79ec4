//! A small town on one machine: the whole suite in memory, its clock standing still at ten in the morning until a test moves
//! it. Nothing runs by itself: a test says [`Town::settle_down`] and every message is handled, every callback delivered.

use heatpay_domain::{
    Season,
    household::import::{ImportedHousehold, read_households},
    tariff::Tariff,
};
use heatpay_local::{
    audit::{Audit, audit},
    chance::SeededIds,
    clock::SuiteClock,
    world::{World, WorldConfig},
};
use heatpay_ports::Clock;
use heatpay_sandbox::wechatpay::Keys;
use heatpay_store::books::{Books, Everything};
use jiff::SignedDuration;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc};

/// Ten in the morning of 2026-11-23 in China: no quiet hours, the season is billed, nothing of it is due yet.
pub const MORNING: &str = "2026-11-23T02:00:00Z";

/// The season the town is billed for.
pub const SEASON: Season = Season(2026);

/// The town.
pub struct Town {
    /// The suite.
    pub world: World,
    /// The households it was made from.
    pub households: Vec<ImportedHousehold>,
    http: reqwest::Client,
}

/// An answer: its status and its JSON (null if it is none).
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The body.
    pub body: Value,
    /// The headers.
    pub headers: reqwest::header::HeaderMap,
    /// The body as it came.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// The body, where the status is the given one; else the test fails with both.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self.body
    }

    /// The problem's code, where the status is the given one.
    #[track_caller]
    pub fn problem(self, status: u16) -> String {
        let body = self.expect(status);
        body["code"].as_str().unwrap_or_default().to_owned()
    }
}

/// A person with a phone.
pub struct Resident<'a> {
    town: &'a Town,
    /// His access token.
    pub token: String,
    /// His refresh token.
    pub refresh_token: String,
    /// His openid, if he came through WeChat.
    pub openid: Option<String>,
}

fn file(name: &str) -> Vec<u8> {
    let path = crate::repository::root().join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn text(name: &str) -> String {
    String::from_utf8(file(name)).expect("UTF-8")
}

/// Keys that were made once, for tests: making RSA keys takes seconds.
pub fn keys() -> Keys {
    let pem = |name: &str| text(&format!("tests/vectors/keys/{name}.pem"));
    Keys {
        mchid: "1900000001".to_owned(),
        appid: "wxd678efh567hg6787".to_owned(),
        merchant_serial: "5AF3C8D21E7B9046A1D2E3F4051627384950A1B2".to_owned(),
        merchant_private_key: pem("wx_merchant_key"),
        merchant_public_key: pem("wx_merchant_pub"),
        apiv3_key: "0123456789abcdefghijklmnopqrstuv".to_owned(),
        public_key_id: "PUB_KEY_ID_0119000000012026010100000000000001".to_owned(),
        wechat_private_key: pem("wx_pubkey_key"),
        wechat_public_key: pem("wx_pubkey_pub"),
        platform_serial: "1234567890ABCDEF1234567890ABCDEF12345678".to_owned(),
        platform_private_key: pem("wx_platform_key"),
        platform_certificate: pem("wx_platform_cert"),
    }
}

impl Town {
    /// A town of the first dozen households of the sample file, billed and issued.
    pub async fn billed() -> Self {
        Self::of_size(12).await
    }

    /// A town of the first `size` households of the sample file, billed and issued.
    pub async fn of_size(size: usize) -> Self {
        let town = Self::empty(size, None).await;
        town.bill().await;
        town
    }

    /// The suite with tariffs, and households ready to be imported; `data` keeps it over a restart.
    pub async fn empty(size: usize, data: Option<std::path::PathBuf>) -> Self {
        let morning = MORNING.parse().expect("a moment");
        let world = World::start(WorldConfig {
            data,
            template: text("template.yaml"),
            port: 0,
            clock: Arc::new(SuiteClock::fixed(morning)),
            ids: Arc::new(SeededIds::new(7)),
            parameters: BTreeMap::new(),
            keys: Some(keys()),
        });
        let mut world = world.await.expect("the suite starts");
        world.serve(axum::Router::new());
        let tariffs: Vec<Tariff> = serde_json::from_slice(&file("events/tariffs.json")).expect("tariffs");
        world.set_tariffs(&tariffs).await.expect("tariffs are set");
        let csv = file("events/households.csv");
        let households =
            read_households(csv.as_slice()).expect("a household file").filter_map(Result::ok).take(size).collect();
        let http = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
        Self { world, households, http }
    }

    /// Imports the households and issues the season's bills.
    pub async fn bill(&self) {
        self.world.import(&self.households).await.expect("households are imported");
        self.world.start_billing(SEASON, true).await.expect("the run starts");
        assert_eq!(self.settle_down().await, 0, "billing fails nowhere");
    }

    /// Handles every message that can be seen, delivers every callback that is due, until nothing moves. Answers how many
    /// messages failed.
    pub async fn settle_down(&self) -> usize {
        self.world.until_quiet().await.expect("the queues answer")
    }

    /// Moves the clock and lets everything happen that falls due.
    pub async fn pass(&self, time: SignedDuration) -> usize {
        self.world.clock.advance(time).expect("a clock in memory");
        self.world.engines.queues.wake();
        self.settle_down().await
    }

    /// Lets hours pass in steps, with schedules running, as they would.
    pub async fn pass_hours(&self, hours: i64) {
        for _ in 0..hours * 12 {
            self.world.clock.advance(SignedDuration::from_mins(5)).expect("a clock in memory");
            self.world.run_due_schedules().await;
            self.settle_down().await;
        }
    }

    /// The present moment in the town.
    pub fn now(&self) -> jiff::Timestamp {
        self.world.clock.now()
    }

    /// All that stands in the books.
    pub async fn books(&self) -> Everything {
        let context = self.world.operator().await.expect("the tables answer");
        Books::of(&context).expect("settings").read().await.expect("the books can be read")
    }

    /// Goes through the books.
    pub async fn audit(&self) -> Audit {
        audit(&self.books().await)
    }

    /// The books agree with themselves and with the channel's money, to the fen.
    pub async fn assert_books_agree(&self) {
        let audit = self.audit().await;
        assert_eq!(audit.differences, Vec::<String>::new());
        let held = self.world.parties.money_held().expect("the sandbox answers");
        assert_eq!(audit.clearing_fen, held, "what the books say the channel holds, and what it holds");
    }

    /// A new person signs in through WeChat.
    pub async fn somebody(&self) -> Resident<'_> {
        let openid = format!("o{}", self.world.ids.ulid(self.now()));
        self.person(&openid).await
    }

    /// The person of that openid signs in through WeChat.
    pub async fn person(&self, openid: &str) -> Resident<'_> {
        let code = self.world.parties.weixin.mint_login_code(openid).expect("a code");
        let session =
            self.call(Method::POST, "/api/session/weixin", None, Some(json!({ "code": code })), &[]).await.expect(200);
        Resident {
            town: self,
            token: session["access_token"].as_str().expect("a token").to_owned(),
            refresh_token: session["refresh_token"].as_str().expect("a token").to_owned(),
            openid: Some(openid.to_owned()),
        }
    }

    /// A new person who has bound that household (by its place in the file, from 0).
    pub async fn resident_of(&self, at: usize) -> Resident<'_> {
        let mut resident = self.somebody().await;
        resident.bind(at).await;
        resident
    }

    /// The household's account number, by its place in the file.
    pub fn account(&self, at: usize) -> &str {
        self.households[at].household.account_no.as_str()
    }

    /// What proves a household: account, holder, and the last four digits of the phone or the ID number.
    pub fn proof(&self, at: usize) -> Value {
        let household = &self.households[at].household;
        let number = household.phone.as_deref().or(household.id_no.as_deref()).expect("a phone or an ID number");
        json!({
            "account_no": household.account_no, "holder": household.holder, "last4": &number[number.len() - 4..],
        })
    }

    /// One call to the API.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = self.http.request(method, format!("{}{path}", self.world.base_url));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let answer = request.send().await.expect("the gateway answers");
        let (status, headers) = (answer.status(), answer.headers().clone());
        let bytes = answer.bytes().await.expect("a body").to_vec();
        Answer { status, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null), headers, bytes }
    }
}

impl Resident<'_> {
    /// Binds a household by its place in the file.
    pub async fn bind(&mut self, at: usize) {
        let proof = self.town.proof(at);
        let answer = self.post("/api/households", proof).await;
        assert!(answer.status.is_success(), "{}", answer.body);
        self.token = answer.body["access_token"].as_str().expect("a fresh token").to_owned();
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.town.call(Method::GET, path, Some(&self.token), None, &[]).await
    }

    /// POST.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.town.call(Method::POST, path, Some(&self.token), Some(body), &[]).await
    }

    /// PUT.
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.town.call(Method::PUT, path, Some(&self.token), Some(body), &[]).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.town.call(Method::DELETE, path, Some(&self.token), None, &[]).await
    }

    /// The numbers of the bills that ask for something today.
    pub async fn open_bills(&self, account_no: &str) -> Vec<String> {
        let home = self.get(&format!("/api/households/{account_no}/home")).await.expect(200);
        home["bills"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|bill| bill["due"]["total_fen"].as_i64().unwrap_or(0) > 0)
            .map(|bill| bill["bill_no"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// Starts a payment in the mini-program for the given bills, under a key.
    pub async fn start_payment(&self, account_no: &str, bills: &[String], key: &str) -> Answer {
        let body = json!({
            "account_no": account_no, "bill_nos": bills, "channel": "wechatpay", "scene": "jsapi",
        });
        self.start(body, key).await
    }

    /// Starts a payment as the body says, under a key.
    pub async fn start(&self, body: Value, key: &str) -> Answer {
        let headers = [("idempotency-key", key)];
        self.town.call(Method::POST, "/api/payments", Some(&self.token), Some(body), &headers).await
    }

    /// Starts a payment for all that is open, and answers its number and client parameters.
    pub async fn start_paying_all(&self, account_no: &str, key: &str) -> Value {
        let bills = self.open_bills(account_no).await;
        self.start_payment(account_no, &bills, key).await.expect(201)
    }

    /// Pays in the WeChat app with what the payment's answer holds.
    pub fn pay_in_app(&self, payment: &Value) -> heatpay_sandbox::wechatpay::Paid {
        let parameters: BTreeMap<String, String> =
            serde_json::from_value(payment["client_parameters"].clone()).expect("client parameters");
        self.town.world.parties.wechatpay.pay_with_client_parameters(&parameters).expect("WeChat Pay takes the money")
    }

    /// How a payment stands.
    pub async fn status_of(&self, payment: &Value) -> String {
        let number = payment["payment_no"].as_str().expect("a payment");
        let found = self.get(&format!("/api/payments/{number}")).await.expect(200);
        found["status"].as_str().unwrap_or_default().to_owned()
    }
}
