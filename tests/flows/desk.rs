//! The desk's switches: every third party can be made to fail by hand, and to work again.

use heatpay_local::{desk::Desk, world::World};
use heatpay_sandbox::{
    baiwang::Issuing,
    switches::{Callbacks, Outage, Switches},
};
use heatpay_tests::{
    repository,
    town::{SEASON, Town},
};
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;

const PARTIES: [&str; 5] = ["alipay", "aliyun_sms", "baiwang", "wechatpay", "weixin"];

const OUTAGES: [(&str, Outage); 3] =
    [("down", Outage::Down), ("breaks_before", Outage::BreaksBefore), ("breaks_after", Outage::BreaksAfter)];

/// The desk of a suite, on a port of its own.
struct Page {
    world: Arc<World>,
    desk: Desk,
    url: String,
}

impl Drop for Page {
    fn drop(&mut self) {
        self.desk.detach();
    }
}

impl Page {
    async fn open() -> Self {
        let Town { world, .. } = Town::empty(1, None).await;
        let world = Arc::new(world);
        let households = repository::read("events/households.csv").into_bytes();
        let desk = Desk::new(&world, SEASON, households).await.expect("a desk");
        desk.attach(world.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/sandbox", listener.local_addr().expect("an address"));
        let router = desk.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { world, desk, url }
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> (u16, String) {
        let http = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
        let mut request = http.request(method, format!("{}{path}", self.url));
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let answer = request.send().await.expect("the desk answers");
        (answer.status().as_u16(), answer.text().await.expect("a body"))
    }

    /// Presses a switch; the status.
    async fn press(&self, party: &str, switch: &str, on: bool) -> u16 {
        let body = json!({ "name": switch, "on": on });
        self.call(Method::PUT, &format!("/api/switches/{party}"), Some(body)).await.0
    }

    /// The party's switches that are shown as pressed.
    async fn pressed(&self, party: &str) -> Vec<String> {
        let (status, text) = self.call(Method::GET, "/api/switches", None).await;
        assert_eq!(status, 200, "{text}");
        let shown: Value = serde_json::from_str(&text).expect("JSON");
        let choices = shown["switches"][party].as_array().expect("the party is shown");
        let pressed = choices.iter().filter(|choice| choice["on"] == true);
        pressed.map(|choice| choice["name"].as_str().expect("a name").to_owned()).collect()
    }

    fn switches(&self, party: &str) -> &Switches {
        let parties = &self.world.parties;
        match party {
            "alipay" => parties.alipay.switches(),
            "aliyun_sms" => parties.aliyun_sms.switches(),
            "baiwang" => parties.baiwang.switches(),
            "wechatpay" => parties.wechatpay.switches(),
            _ => parties.weixin.switches(),
        }
    }
}

#[tokio::test]
async fn every_third_party_fails_and_works_again_at_the_press_of_a_switch() {
    let page = Page::open().await;
    for party in PARTIES {
        assert_eq!(page.pressed(party).await, Vec::<String>::new(), "{party}");
        for (switch, outage) in OUTAGES {
            assert_eq!(page.press(party, switch, true).await, 200);
            assert_eq!(page.switches(party).read().outage, outage, "{party}");
            assert_eq!(page.pressed(party).await, [switch], "{party}");
        }
        assert_eq!(page.press(party, "breaks_after", false).await, 200);
        assert_eq!(page.switches(party).read().outage, Outage::None, "{party}");
    }
}

#[tokio::test]
async fn the_channels_alone_send_notifications_and_baiwang_alone_needs_a_login() {
    let page = Page::open().await;
    for party in PARTIES {
        let is = |only: &[&str]| if only.contains(&party) { 200 } else { 404 };
        assert_eq!(page.press(party, "drop", true).await, is(&["wechatpay", "alipay"]), "{party}");
        assert_eq!(page.press(party, "needs_login", true).await, is(&["baiwang"]), "{party}");
        assert_eq!(page.press(party, "burns", true).await, 404, "{party}");
    }
    assert_eq!(page.press("nobody", "down", true).await, 404);
    assert_eq!(page.switches("wechatpay").read().callbacks, Callbacks::Drop);
    assert_eq!(page.switches("weixin").read().callbacks, Callbacks::Normal);
    assert_eq!(page.world.parties.baiwang.issuing().expect("a sandbox"), Issuing::NeedsLogin);
    assert_eq!(page.press("baiwang", "needs_login", false).await, 200);
    assert!(matches!(page.world.parties.baiwang.issuing(), Ok(Issuing::Works { .. })));
}

#[tokio::test]
async fn the_channels_alone_make_statements_and_one_fault_of_theirs_stands_at_a_time() {
    let page = Page::open().await;
    for party in ["wechatpay", "alipay", "unionpay"] {
        for switch in ["shuffled", "doubled", "truncated", "wrong_hash", "empty"] {
            let switch = format!("statement_{switch}");
            assert_eq!(page.press(party, &switch, true).await, 200);
            assert_eq!(page.pressed(party).await, [switch]);
        }
        assert_eq!(page.press(party, "statement_empty", false).await, 200);
        assert!(page.pressed(party).await.is_empty());
    }
    assert_eq!(page.press("baiwang", "statement_empty", true).await, 404);
}

#[tokio::test]
async fn the_page_names_every_third_party_in_chinese() {
    let page = Page::open().await;
    let (status, script) = page.call(Method::GET, "/desk.js", None).await;
    assert_eq!(status, 200);
    let names = script.lines().find(|line| line.starts_with("const PARTY = ")).expect("the names");
    for (party, name) in [
        ("alipay", "支付宝"),
        ("aliyun_sms", "阿里云短信"),
        ("baiwang", "百望云"),
        ("wechatpay", "微信支付"),
        ("weixin", "微信小程序"),
    ] {
        assert!(names.contains(&format!("{party}: '{name}'")), "{names}");
    }
}

#[tokio::test]
async fn who_pays_in_a_phones_browser_pays_on_wechats_page() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let bills = resident.open_bills(town.account(0)).await;
    let body = json!({ "account_no": town.account(0), "bill_nos": bills, "channel": "wechatpay", "scene": "h5" });
    let payment = resident.start(body, "in-a-browser").await.expect(201);
    let opened = payment["client_parameters"]["h5_url"].as_str().expect("a page").to_owned();
    assert!(opened.contains("/cgi-bin/mmpayweb-bin/checkmweb?prepay_id="), "{opened}");
    let wechatpay = &town.world.parties.wechatpay;
    assert_eq!(wechatpay.order(&opened).expect("an order").state, "NOTPAY");
    wechatpay.pay(&opened, 0).expect("it can be paid");
    assert_eq!(wechatpay.order(&opened).expect("an order").state, "SUCCESS");
    assert_eq!(town.settle_down().await, 0);
    let path = format!("/api/payments/{}", payment["payment_no"].as_str().expect("a number"));
    assert_eq!(resident.get(&path).await.expect(200)["status"], "paid");
}

#[tokio::test]
async fn wechats_page_shows_an_order_and_knows_no_other() {
    let page = Page::open().await;
    let (status, text) = page.call(Method::GET, "/api/wechatpay/opened?url=http%3A%2F%2Fnowhere", None).await;
    assert_eq!(status, 404, "{text}");
    let (status, text) = page.call(Method::POST, "/api/wechatpay/opened", Some(json!({ "url": "weixin://x" }))).await;
    assert_eq!(status, 404, "{text}");
    let (status, text) = page.call(Method::GET, "/../cgi-bin/mmpayweb-bin/checkmweb?prepay_id=wx1", None).await;
    assert_eq!((status, text.contains("微信支付")), (200, true));
}
