//! Two thousand households pay on one day, every notification comes twice and in no order, and the process is killed five times.

use crate::process::{NoAnswer, Suite, until};
use heatpay_tests::repository;
use reqwest::Method;
use serde_json::{Value, json};
use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::task::JoinSet;

const HOUSEHOLDS: usize = 2000;

/// Phones in use at the same time.
const AT_ONCE: usize = 12;

/// The process is killed when so many have paid.
const KILLED_AFTER: [usize; 5] = [150, 600, 1000, 1450, 1850];

/// One in so many asks for an e-invoice with his payment.
const INVOICE_EVERY: usize = 20;

/// A household of the file that the test writes.
#[derive(Clone, Copy)]
struct Household(usize);

impl Household {
    fn account_no(self) -> String {
        format!("{}", 3_000_000_001_usize + self.0)
    }

    fn phone(self) -> String {
        format!("{}", 15_600_000_001_usize + self.0)
    }

    /// Hundredths of a square metre, between 50 and 130.
    fn area(self) -> usize {
        5000 + self.0 * 37 % 8000
    }

    /// What the season costs at 25.00 yuan a square metre.
    fn fen(self) -> i64 {
        i64::try_from(self.area() * 25).expect("an amount")
    }

    /// The row of the sample file's first household, with another number, phone and area.
    fn row(self, sample: &[&str]) -> String {
        let mut row: Vec<String> = sample.iter().map(|&value| value.to_owned()).collect();
        let area = self.area();
        row[0] = self.account_no();
        row[2] = String::new();
        row[3] = self.phone();
        row[13] = format!("{}.{:02}", area / 100, area % 100);
        (row[14], row[15], row[25]) = (String::new(), String::new(), String::new());
        row.join(",")
    }
}

/// The file, in the form of the sample file.
fn write_households(path: &PathBuf) {
    let sample = repository::read("events/households.csv");
    let mut lines = sample.lines();
    let header = lines.next().expect("a header");
    let first: Vec<&str> = lines.next().expect("a household").split(',').collect();
    let rows = (0..HOUSEHOLDS).map(|at| Household(at).row(&first));
    let text: Vec<String> = std::iter::once(header.to_owned()).chain(rows).collect();
    std::fs::write(path, text.join("\n")).expect("the file can be written");
}

/// Asks again, as a phone does, while the process is gone or says to try again.
async fn insist(
    suite: &Suite,
    method: Method,
    path: &str,
    token: Option<&str>,
    body: &Value,
    key: Option<&str>,
) -> (u16, Value) {
    until(path, || async {
        match suite.call(method.clone(), path, token, body.clone(), key).await {
            Ok((status, answer)) => Some((status.as_u16(), answer)),
            Err(NoAnswer::Gone | NoAnswer::TryAgain) => None,
        }
    })
    .await
}

/// Signs in. A code is good for one time: if the process died over it, the phone asks for another.
async fn sign_in(suite: &Suite) -> Value {
    until("a session", || async {
        let (_, code) = insist(suite, Method::POST, "/sandbox/api/weixin/login-codes", None, &json!({}), None).await;
        let body = json!({ "code": code["code"] });
        let (status, session) = insist(suite, Method::POST, "/api/session/weixin", None, &body, None).await;
        (status == 200).then_some(session)
    })
    .await
}

/// Signs in, binds, reads, pays: one household, from start to end. Answers what was paid.
async fn pay(suite: &Suite, household: Household) -> i64 {
    let session = sign_in(suite).await;
    let account_no = household.account_no();
    let phone = household.phone();
    let proof = json!({ "account_no": account_no, "holder": "林晓晨", "last4": phone[phone.len() - 4..] });
    let token = session["access_token"].as_str();
    let (status, bound) = insist(suite, Method::POST, "/api/households", token, &proof, None).await;
    assert_eq!(status, 200, "{bound}");
    let token = bound["access_token"].as_str();
    let path = format!("/api/households/{account_no}/home");
    let (_, home) = insist(suite, Method::GET, &path, token, &json!({}), None).await;
    assert_eq!(home["due"]["total_fen"], household.fen(), "{home}");
    let mut order = json!({
        "account_no": account_no, "bill_nos": [home["bills"][0]["bill_no"]], "channel": "wechatpay", "scene": "jsapi",
    });
    if household.0.is_multiple_of(INVOICE_EVERY) {
        order["invoice_title"] = json!({ "name": "林晓晨" });
    }
    let key = format!("the-one-payment-of-{account_no}");
    let (status, payment) = insist(suite, Method::POST, "/api/payments", token, &order, Some(&key)).await;
    assert!(matches!(status, 200 | 201), "{status} {payment}");
    let app = json!({ "client_parameters": payment["client_parameters"] });
    let (status, paid) = insist(suite, Method::POST, "/sandbox/api/wechatpay/pay", None, &app, None).await;
    // Paid already: the process died between taking the money and saying so.
    assert!(status == 200 || status == 409, "{status} {paid}");
    payment["amount_fen"].as_i64().expect("an amount")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_thousand_payments_survive_doubled_shuffled_callbacks_and_five_kills() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("households.csv");
    write_households(&file);
    let data = folder.path().join("data");
    std::fs::create_dir(&data).expect("a folder");
    let suite = Arc::new(Suite::start(&data, &file).await);
    let shuffle = json!({ "name": "shuffle", "on": true });
    suite.desk(Method::PUT, "/switches/wechatpay", shuffle.clone()).await;

    let (next, done) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let mut phones = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (suite, next, done) = (suite.clone(), next.clone(), done.clone());
        phones.spawn(async move {
            let mut fen = 0;
            loop {
                let household = Household(next.fetch_add(1, Ordering::SeqCst));
                if household.0 >= HOUSEHOLDS {
                    return fen;
                }
                fen += pay(&suite, household).await;
                done.fetch_add(1, Ordering::SeqCst);
            }
        });
    }
    for threshold in KILLED_AFTER {
        until("payments go on", || async { (done.load(Ordering::SeqCst) >= threshold).then_some(()) }).await;
        suite.kill_and_restart().await;
        suite.desk(Method::PUT, "/switches/wechatpay", shuffle.clone()).await;
        // What was being submitted when the process died may be taken on ten seconds later.
        suite.desk(Method::POST, "/clock", json!({ "advance_seconds": 11 })).await;
    }
    let mut paid = 0;
    while let Some(fen) = phones.join_next().await {
        paid += fen.expect("every household pays");
    }

    let audit = settle(&suite).await;
    let owed: i64 = (0..HOUSEHOLDS).map(|at| Household(at).fen()).sum();
    assert_eq!(paid, owed, "what the phones were asked for is what the bills said");
    assert_eq!(audit["provider_fen"], owed, "the sandbox's money");
    assert_eq!(audit["clearing_fen"], owed, "the postings");
    assert_eq!(audit["balances"]["receivable"], 0, "the bills");
    assert_eq!(audit["counted"]["receipts"], HOUSEHOLDS, "one receipt a payment");
    assert_eq!(audit["counted"]["payments"], HOUSEHOLDS, "one payment a household");
    assert_eq!(audit["counted"]["refunds"], 0, "nobody paid twice");
    assert_eq!(audit["differences"], json!([]));
    let invoices = suite.desk(Method::GET, "/invoices", json!({})).await;
    let issued = invoices["invoices"].as_array().into_iter().flatten().filter(|one| one["status"] == "issued").count();
    assert_eq!(issued, HOUSEHOLDS.div_ceil(INVOICE_EVERY), "one invoice for each that asked");
}

/// Lets everything come to its end; answers the audit.
async fn settle(suite: &Suite) -> Value {
    until("nothing stays open", || async {
        suite.desk(Method::POST, "/clock", json!({ "advance_seconds": 60 })).await;
        for schedule in ["payment-watch", "invoice-issue"] {
            suite.desk(Method::POST, &format!("/schedules/{schedule}"), json!({})).await;
        }
        let audit = suite.desk(Method::GET, "/audit", json!({})).await;
        let state = suite.desk(Method::GET, "/state", json!({})).await;
        let waiting: i64 = state["queues"]
            .as_array()
            .into_iter()
            .flatten()
            .flat_map(|queue| ["waiting", "delayed", "in_flight"].map(|kind| queue[kind].as_i64().unwrap_or(0)))
            .sum();
        let dead: i64 =
            state["queues"].as_array().into_iter().flatten().filter_map(|queue| queue["dead"].as_i64()).sum();
        assert_eq!(dead, 0, "no message is given up: {state}");
        (audit["open_payments"] == 0 && waiting == 0).then_some(audit)
    })
    .await
}
