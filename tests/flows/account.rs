//! A resident sees what is kept about him, and deletes his account: after that nothing knows him any more, on no phone, and what
//! he paid is still paid.

use heatpay_local::probe::Fault;
use heatpay_ports::Call;
use heatpay_tests::town::{Answer, Resident, Town};
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
    mpsc,
};
use tokio::sync::oneshot;

const PHONE: &str = "13800005678";

async fn account(resident: &Resident<'_>) -> Value {
    resident.get("/api/account").await.expect(200)
}

async fn refresh(town: &Town, token: &str) -> Answer {
    let shown = Some(json!({ "refresh_token": token }));
    town.call(Method::POST, "/api/session/refresh", None, shown, &[]).await
}

/// He agrees to a message.
async fn agree(town: &Town, resident: &Resident<'_>) -> Answer {
    let template = &town.world.parties.secret("WeixinSecret").expect("an account")["templates"]["payment_due"];
    resident.post("/api/notices/grants", json!({ "template_ids": [template] })).await
}

/// The items of a table that name him, by his number or his openid.
async fn traces(town: &Town, table: &str, names: &[&str]) -> Vec<String> {
    let context = town.world.operator().await.expect("the tables answer");
    let found = town.world.template.tables.iter().find(|known| known.name == table).expect("a table");
    let items = context.aws.dynamodb.scan().table_name(&found.name).send().await.expect("a scan");
    let texts = items.items().iter().map(|item| format!("{item:?}"));
    texts.filter(|text| names.iter().any(|name| text.contains(name))).collect()
}

async fn assert_forgotten(town: &Town, names: &[&str]) {
    for table in ["residents", "households"] {
        assert_eq!(traces(town, table, names).await, Vec::<String>::new(), "{table}");
    }
}

#[tokio::test]
async fn a_resident_sees_what_is_kept_about_him_masked() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    agree(&town, &resident).await.expect(204);
    let kept = account(&resident).await;
    let openid = resident.openid.as_deref().expect("he came through WeChat");
    let masked = format!("{}{}{}", &openid[..3], "*".repeat(openid.len() - 7), &openid[openid.len() - 4..]);
    assert_eq!(kept["identities"], json!([{ "kind": "weixin", "shown": masked }]));
    assert_eq!(kept["first_seen_at"], "2026-11-23T02:00:00Z");
    assert!(kept["resident_id"].as_str().is_some_and(|number| number.starts_with('U')));
    let households = resident.get("/api/households").await.expect(200);
    assert_eq!(kept["households"], households["households"]);
    assert_eq!(kept["households"][0]["holder"], "林*晨");
    assert_eq!(kept["grants"][0]["left"], 1);
    assert!(!kept.to_string().contains(openid));
}

#[tokio::test]
async fn who_signed_in_by_his_phone_sees_its_first_and_last_digits() {
    let town = Town::empty(1, None).await;
    let call = |path: &'static str, body: Value| town.call(Method::POST, path, None, Some(body), &[]);
    call("/api/session/sms-codes", json!({ "phone": PHONE })).await.expect(202);
    let text = town.world.parties.aliyun_sms.inbox().expect("an inbox")[0].text.clone();
    let code: String = text.chars().filter(char::is_ascii_digit).take(6).collect();
    let session = call("/api/session/sms", json!({ "phone": PHONE, "code": code })).await.expect(200);
    let token = session["access_token"].as_str();
    let kept = town.call(Method::GET, "/api/account", token, None, &[]).await.expect(200);
    assert_eq!(kept["identities"], json!([{ "kind": "phone", "shown": "138****5678" }]));

    town.call(Method::DELETE, "/api/account", token, None, &[]).await.expect(204);
    assert_eq!(traces(&town, "residents", &[""]).await, Vec::<String>::new(), "he was the only one");
}

#[tokio::test]
async fn nobody_sees_an_account_without_having_signed_in() {
    let town = Town::empty(1, None).await;
    for method in [Method::GET, Method::DELETE] {
        assert_eq!(town.call(method, "/api/account", None, None, &[]).await.problem(401), "signed_out");
    }
}

#[tokio::test]
async fn after_deletion_nothing_names_the_resident_and_his_household_is_free_for_others() {
    let town = Town::billed().await;
    let mut resident = town.resident_of(0).await;
    resident.bind(1).await;
    agree(&town, &resident).await.expect(204);
    let neighbour = town.resident_of(0).await;
    let number = account(&resident).await["resident_id"].as_str().expect("a number").to_owned();
    let names = [number.as_str(), resident.openid.as_deref().expect("he came through WeChat")];
    assert_eq!(traces(&town, "residents", &names).await.len(), 5, "profile, identity, two households, a grant");
    assert_eq!(traces(&town, "households", &names).await.len(), 2);

    resident.delete("/api/account").await.expect(204);
    assert_forgotten(&town, &names).await;
    let left = account(&neighbour).await;
    assert_eq!(left["households"].as_array().map(Vec::len), Some(1), "the neighbour keeps his own");
}

#[tokio::test]
async fn after_deletion_no_phone_of_his_goes_on() {
    let town = Town::billed().await;
    let mut first = town.resident_of(0).await;
    let second = town.person(first.openid.as_deref().expect("he came through WeChat")).await;
    first.delete("/api/account").await.expect(204);
    for token in [&first.refresh_token, &second.refresh_token] {
        assert_eq!(refresh(&town, token).await.problem(401), "signed_out");
        assert_eq!(refresh(&town, token).await.problem(401), "signed_out");
    }

    // His access tokens are not over yet: they bring nothing of him back.
    let bound = second.post("/api/households", town.proof(1)).await;
    assert_eq!(bound.problem(401), "signed_out");
    assert_eq!(agree(&town, &second).await.problem(401), "signed_out");
    for path in ["/api/account", "/api/households"] {
        assert_eq!(second.get(path).await.problem(401), "signed_out", "{path}");
    }
    assert_eq!(first.delete(&format!("/api/households/{}", town.account(0))).await.problem(401), "signed_out");
    assert_forgotten(&town, &[first.openid.as_deref().expect("he came through WeChat")]).await;
    first.delete("/api/account").await.expect(204);

    town.pass(SignedDuration::from_mins(30)).await;
    first.token = second.token.clone();
    assert_eq!(first.delete("/api/account").await.problem(401), "signed_out");
}

#[tokio::test]
async fn who_comes_back_is_a_new_resident_without_households() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let before = account(&resident).await;
    resident.delete("/api/account").await.expect(204);
    town.pass(SignedDuration::from_mins(1)).await;

    let mut back = town.person(resident.openid.as_deref().expect("he came through WeChat")).await;
    let after = account(&back).await;
    assert_ne!(after["resident_id"], before["resident_id"]);
    assert_eq!(after["first_seen_at"], "2026-11-23T02:01:00Z");
    assert_eq!((&after["households"], &after["grants"]), (&json!([]), &json!([])));
    assert_eq!(refresh(&town, &resident.refresh_token).await.problem(401), "signed_out");
    refresh(&town, &back.refresh_token).await.expect(200);
    back.bind(0).await;
}

#[tokio::test]
async fn what_he_paid_stays_paid_and_what_he_is_just_paying_still_arrives() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let payment = resident.start_paying_all(town.account(0), "the-last-one").await;
    resident.delete("/api/account").await.expect(204);
    resident.pay_in_app(&payment);
    assert_eq!(town.settle_down().await, 0, "nothing fails for want of him");
    town.pass_hours(1).await;
    town.assert_books_agree().await;

    let next = town.resident_of(0).await;
    let payments = next.get(&format!("/api/households/{}/payments", town.account(0))).await.expect(200);
    assert_eq!(payments["payments"][0]["payment_no"], payment["payment_no"]);
    assert_eq!(payments["payments"][0]["status"], "paid");
    assert!(next.open_bills(town.account(0)).await.is_empty());
}

/// The process dies at one of its calls, before it leaves or after its answer came.
struct Dies {
    at: usize,
    seen: AtomicUsize,
}

impl Dies {
    fn here(&self) {
        if self.seen.fetch_add(1, Ordering::SeqCst) == self.at {
            std::panic::resume_unwind(Box::new("the process dies here"));
        }
    }
}

impl Fault for Dies {
    fn before(&self, function: &str, _: &Call) {
        if function == "session" {
            self.here();
        }
    }

    fn after(&self, function: &str, call: &Call) {
        self.before(function, call);
    }
}

#[tokio::test]
async fn a_deletion_that_is_broken_off_anywhere_is_finished_by_asking_again() {
    let town = Town::billed().await;
    for at in 0.. {
        let mut resident = town.resident_of(0).await;
        resident.bind(1).await;
        agree(&town, &resident).await.expect(204);
        let dies = Arc::new(Dies { at, seen: AtomicUsize::new(0) });
        *town.world.fault.write().expect("nobody panicked") = Some(dies);
        let broken_off = resident.delete("/api/account").await;
        *town.world.fault.write().expect("nobody panicked") = None;
        if broken_off.status.is_success() {
            assert_eq!(at, 8, "one Query, two households, the rest: each before and after");
            return;
        }
        resident.delete("/api/account").await.expect(204);
        assert_forgotten(&town, &[resident.openid.as_deref().expect("he came through WeChat")]).await;
        assert_eq!(refresh(&town, &resident.refresh_token).await.problem(401), "signed_out");
    }
}

/// The deletion has read what there is, and waits while something else happens.
struct Waits {
    reached: Mutex<Option<oneshot::Sender<()>>>,
    go_on: Mutex<mpsc::Receiver<()>>,
}

impl Fault for Waits {
    fn before(&self, _: &str, _: &Call) {}

    fn after(&self, _: &str, call: &Call) {
        let reached = self.reached.lock().expect("nobody panicked").take_if(|_| call.operation.starts_with("Query"));
        if let Some(reached) = reached {
            reached.send(()).expect("the test waits");
            let go_on = self.go_on.lock().expect("nobody panicked");
            tokio::task::block_in_place(|| go_on.recv()).expect("the test goes on");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_household_bound_on_another_phone_at_the_same_moment_is_unbound_too() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let second = town.person(resident.openid.as_deref().expect("he came through WeChat")).await;
    let ((reached, waits), (go, go_on)) = (oneshot::channel(), mpsc::channel());
    let waiting = Waits { reached: Mutex::new(Some(reached)), go_on: Mutex::new(go_on) };
    *town.world.fault.write().expect("nobody panicked") = Some(Arc::new(waiting));
    let bound_meanwhile = async {
        waits.await.expect("the deletion comes so far");
        second.post("/api/households", town.proof(1)).await.expect(200);
        go.send(()).expect("the deletion waits");
    };
    let (deleted, ()) = tokio::join!(resident.delete("/api/account"), bound_meanwhile);
    deleted.expect(204);
    assert_forgotten(&town, &[resident.openid.as_deref().expect("he came through WeChat")]).await;
}
