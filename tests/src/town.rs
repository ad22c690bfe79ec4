//! A small town on one machine: the whole suite in memory, its clock standing still at ten in the morning until a test moves
//! it. Nothing runs by itself: a test says [`Town::settle_down`] and every message is handled, every callback delivered.

mod channels;
mod resident;
mod staff;
mod told;

pub use channels::{CHANNELS, order_by};
pub use resident::{Answer, Resident};
pub use staff::{PASSWORD, StaffMember};

use heatpay_domain::{
    Season,
    household::import::{ImportedHousehold, read_households},
    tariff::Tariff,
};
use heatpay_local::{
    audit::{Audit, audit},
    chance::SeededIds,
    clock::SuiteClock,
    parties::GivenKeys,
    world::{World, WorldConfig},
};
use heatpay_ports::Clock;
use heatpay_runtime::totp::TotpSecret;
use heatpay_sandbox::{alipay, wechatpay::Keys};
use heatpay_store::books::{Books, Everything};
use jiff::SignedDuration;
use reqwest::Method;
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
    office: tokio::sync::OnceCell<[(String, TotpSecret); 3]>,
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

/// Alipay's keys, made once too.
pub fn alipay_keys() -> alipay::Keys {
    let pem = |name: &str| text(&format!("tests/vectors/keys/{name}.pem"));
    alipay::Keys {
        app_id: "2021000000000001".to_owned(),
        seller_id: "2088000000000001".to_owned(),
        app_private_key: pem("ali_app_key"),
        app_public_key: pem("ali_app_pub"),
        alipay_private_key: pem("ali_alipay_key"),
        alipay_public_key: pem("ali_alipay_pub"),
        certificates: None,
    }
}

/// All keys that were made once.
pub fn given_keys() -> GivenKeys {
    GivenKeys { wechatpay: Some(keys()), alipay: Some(alipay_keys()) }
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
        Self::of_template(text("template.yaml"), size, data).await
    }

    /// The same, as another template wires it.
    pub async fn of_template(template: String, size: usize, data: Option<std::path::PathBuf>) -> Self {
        let morning = MORNING.parse().expect("a moment");
        let world = World::start(WorldConfig {
            data,
            template,
            port: 0,
            clock: Arc::new(SuiteClock::fixed(morning)),
            ids: Arc::new(SeededIds::new(7)),
            // Hashing a password is to take no time here.
            parameters: BTreeMap::from([
                ("PasswordMemoryKib".to_owned(), "64".to_owned()),
                ("PasswordPasses".to_owned(), "1".to_owned()),
            ]),
            keys: given_keys(),
        });
        let mut world = world.await.expect("the suite starts");
        world.serve(axum::Router::new());
        let tariffs: Vec<Tariff> = serde_json::from_slice(&file("events/tariffs.json")).expect("tariffs");
        world.set_tariffs(&tariffs).await.expect("tariffs are set");
        let csv = file("events/households.csv");
        let households =
            read_households(csv.as_slice()).expect("a household file").filter_map(Result::ok).take(size).collect();
        let http = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
        Self { world, households, http, office: tokio::sync::OnceCell::new() }
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

    /// Only these functions' messages are handled, all that can be seen; answers how many failed.
    pub async fn only_handles(&self, functions: &[&str]) -> usize {
        let (mut handled, mut failed) = (1, 0);
        while handled > 0 {
            handled = 0;
            for pump in self.world.pumps.iter().filter(|pump| functions.contains(&pump.function.as_str())) {
                let (taken, failures) = pump.once(&self.world.engines.queues, None).await.expect("the queues answer");
                handled += taken;
                failed += failures;
            }
        }
        failed
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

    /// The person of that open_id signs in through Alipay.
    pub async fn alipay_person(&self, open_id: &str) -> Resident<'_> {
        let code = self.world.parties.alipay.mint_login_code(open_id).expect("a code");
        let session =
            self.call(Method::POST, "/api/session/alipay", None, Some(json!({ "code": code })), &[]).await.expect(200);
        Resident {
            town: self,
            token: session["access_token"].as_str().expect("a token").to_owned(),
            refresh_token: session["refresh_token"].as_str().expect("a token").to_owned(),
            openid: None,
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
        Self::answered(request).await
    }

    async fn answered(request: reqwest::RequestBuilder) -> Answer {
        let answer = request.send().await.expect("the gateway answers");
        let (status, headers) = (answer.status(), answer.headers().clone());
        let bytes = answer.bytes().await.expect("a body").to_vec();
        Answer { status, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null), headers, bytes }
    }
}
