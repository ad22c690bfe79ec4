//! Statements, against the one that the SDK's vector shows.

use super::rig::{KEYS, Rig};
use base64::{Engine, engine::general_purpose::STANDARD};
use flate2::read::GzDecoder;
use heatpay_ports::{Clock, OutboundRequest};
use heatpay_sandbox::wechatpay::Keys;
use http::Method;
use serde_json::{Value, json};
use std::{io::Read, time::Duration};

fn vector() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/wechatpay.json");
    let vectors: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    vectors["tradebill"].clone()
}

fn sha1(bytes: &[u8]) -> String {
    hex::encode(ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, bytes))
}

/// The merchant of the vector.
async fn vector_rig() -> Rig {
    let keys = Keys { mchid: "1900000001".to_owned(), appid: "wxd678efh567hg6787".to_owned(), ..KEYS.clone() };
    Rig::of(keys, "2026-01-01T00:00:05Z").await
}

/// The day of the vector: an order of 1234.56, a refund of 1.00 twelve hours later. Transaction and refund number.
async fn play_the_vector(rig: &Rig) -> (String, String) {
    let order = json!({
        "appid": "wxd678efh567hg6787", "mchid": "1900000001", "description": "2025-2026采暖季 供热费",
        "out_trade_no": "HF20260101000001", "notify_url": rig.merchant.url,
        "amount": { "total": 123_456, "currency": "CNY" }, "payer": { "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o" },
    });
    assert_eq!(rig.call(Method::POST, "/v3/pay/transactions/jsapi", &order.to_string()).await.0, 200);
    let transaction = rig.party.pay("HF20260101000001", 0).unwrap().transaction_id;
    rig.clock.seconds(12 * 3600 + 9 * 60 + 53);
    let refund = json!({
        "transaction_id": transaction, "out_refund_no": "RF20260101000001",
        "amount": { "refund": 100, "total": 123_456, "currency": "CNY" },
    });
    let (_, answer) = rig.ask(Method::POST, "/v3/refund/domestic/refunds", &refund.to_string()).await;
    rig.clock.seconds(2);
    rig.party.act().await.unwrap();
    (transaction, answer["refund_id"].as_str().unwrap().to_owned())
}

/// Asks for the statement, fetches it, unpacks it and checks its hash.
async fn statement(rig: &Rig, path: &str) -> Vec<u8> {
    let (_, offer) = rig.ask(Method::GET, path, "").await;
    let bytes = fetch(rig, offer["download_url"].as_str().unwrap()).await;
    let mut text = Vec::new();
    if path.contains("GZIP") {
        GzDecoder::new(&bytes[..]).read_to_end(&mut text).unwrap();
    } else {
        text = bytes;
    }
    assert_eq!((offer["hash_type"].as_str(), offer["hash_value"].as_str()), (Some("SHA1"), Some(sha1(&text).as_str())));
    text
}

async fn fetch(rig: &Rig, url: &str) -> Vec<u8> {
    let path = url.strip_prefix(&rig.base_url).unwrap();
    let headers = rig.signed(&Method::GET, path, "", rig.clock.now().as_second());
    let (method, timeout) = (Method::GET, Duration::from_secs(5));
    let request =
        OutboundRequest { service: "wechatpay", method, url: url.to_owned(), headers, body: "".into(), timeout };
    let answer = crate::street::outbound().send(request).await.unwrap();
    assert!(!answer.headers.contains_key("wechatpay-signature"), "a file is not signed");
    answer.body.to_vec()
}

#[test]
fn the_vectors_hash_is_that_of_the_text_with_its_mark_and_line_ends() {
    let vector = vector();
    let text = STANDARD.decode(vector["content_base64"].as_str().unwrap()).unwrap();
    assert!(text.starts_with(b"\xef\xbb\xbf") && text.ends_with(b"\r\n"));
    assert_eq!(sha1(&text), vector["hash_value"]);
    let packed = STANDARD.decode(vector["gzip_base64"].as_str().unwrap()).unwrap();
    let mut unpacked = Vec::new();
    GzDecoder::new(&packed[..]).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, text);
}

#[tokio::test]
async fn a_days_trade_is_the_vectors_byte_for_byte() {
    let rig = vector_rig().await;
    let (transaction, refund_id) = play_the_vector(&rig).await;
    rig.clock.seconds(86_400);
    let expected = STANDARD.decode(vector()["content_base64"].as_str().unwrap()).unwrap();
    let expected = String::from_utf8(expected)
        .unwrap()
        .replace("4200002026202601010000000001", &transaction)
        .replace("50300000002026010100000000001", &refund_id);
    for packing in ["", "&tar_type=GZIP"] {
        let path = format!("/v3/bill/tradebill?bill_date=2026-01-01&bill_type=ALL{packing}");
        assert_eq!(String::from_utf8(statement(&rig, &path).await).unwrap(), expected);
    }
}

#[tokio::test]
async fn payments_and_refunds_have_statements_of_their_own() {
    let rig = vector_rig().await;
    play_the_vector(&rig).await;
    rig.clock.seconds(86_400);
    let lines = async |kind: &str| {
        let path = format!("/v3/bill/tradebill?bill_date=2026-01-01&bill_type={kind}");
        String::from_utf8(statement(&rig, &path).await).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let (paid, refunded) = (lines("SUCCESS").await, lines("REFUND").await);
    assert!(!paid[0].contains("退款") && refunded[0].contains("退款申请时间,退款成功时间"));
    assert_eq!(paid[3], "`1,`1234.56,`0.00,`0.00,`7.41000,`1234.56,`0.00");
    assert!(refunded[1].contains("`2026-01-01 20:09:58,`2026-01-01 20:10:00,`503"), "{}", refunded[1]);
    for lines in [paid, refunded] {
        assert_eq!((lines.len(), lines[0].split(',').count()), (4, lines[1].split(",`").count()));
    }
}

#[tokio::test]
async fn the_fund_flow_keeps_the_balance() {
    let rig = vector_rig().await;
    let (transaction, refund_id) = play_the_vector(&rig).await;
    rig.clock.seconds(86_400);
    let path = "/v3/bill/fundflowbill?bill_date=2026-01-01&account_type=BASIC&tar_type=GZIP";
    let text = String::from_utf8(statement(&rig, path).await).unwrap();
    let lines: Vec<_> = text.trim_start_matches('\u{feff}').split("\r\n").collect();
    let serial = |number: u32| format!("{number:028}");
    assert_eq!(lines[0].split(',').count(), 11);
    let paid = "HF20260101000001";
    let back = "RF20260101000001";
    let at = ("2026-01-01 08:00:05", "2026-01-01 20:10:00");
    assert_eq!(
        lines[1..],
        [
            format!("`{},`{transaction},`{},`交易,`交易,`收入,`1234.56,`1234.56,`system,`,`{paid}", at.0, serial(0)),
            format!(
                "`{},`{transaction},`{},`扣除交易手续费,`扣除交易手续费,`支出,`7.41,`1227.15,`system,`,`{paid}",
                at.0,
                serial(1)
            ),
            format!("`{},`{transaction},`{},`退款,`退款,`支出,`1.00,`1226.15,`system,`,`{back}", at.1, serial(2)),
            format!(
                "`{},`{transaction},`{},`扣除交易手续费,`扣除交易手续费,`收入,`0.01,`1226.16,`system,`,`{back}",
                at.1,
                serial(3)
            ),
            "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额".to_owned(),
            "`4,`2,`1234.57,`2,`8.41".to_owned(),
            String::new(),
        ]
    );
    assert!(!refund_id.is_empty());
}

#[tokio::test]
async fn a_statement_has_its_time() {
    let rig = vector_rig().await;
    play_the_vector(&rig).await;
    let ask = async |date: &str| {
        rig.call(Method::GET, &format!("/v3/bill/tradebill?bill_date={date}&bill_type=ALL"), "").await
    };
    let refused = |code: &str| (400, code.to_owned());
    assert_eq!(ask("2026-01-01").await, refused("PARAM_ERROR"), "the day is not over");
    rig.clock.seconds(12 * 3600);
    assert_eq!(ask("2026-01-01").await, refused("STATEMENT_CREATING"), "at ten past eight");
    rig.clock.seconds(3600);
    assert_eq!(ask("2026-01-01").await.0, 200);
    assert_eq!(ask("2025-12-31").await, refused("NO_STATEMENT_EXIST"));
    assert_eq!(ask("2026-1-1").await, refused("PARAM_ERROR"));
    rig.clock.seconds(100 * 86_400);
    assert_eq!(ask("2026-01-01").await, refused("PARAM_ERROR"), "three months");
}

#[tokio::test]
async fn a_file_can_be_fetched_for_five_minutes() {
    let rig = vector_rig().await;
    play_the_vector(&rig).await;
    rig.clock.seconds(86_400);
    let (_, offer) = rig.ask(Method::GET, "/v3/bill/tradebill?bill_date=2026-01-01&bill_type=ALL", "").await;
    let url = offer["download_url"].as_str().unwrap();
    rig.clock.seconds(299);
    assert!(fetch(&rig, url).await.starts_with(b"\xef\xbb\xbf"));
    rig.clock.seconds(1);
    assert!(fetch(&rig, url).await.starts_with(b"{"));
}
