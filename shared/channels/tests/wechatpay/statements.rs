use crate::host::{Answer, Host, client, now, refuses, says, secret, secret_with, signs, vectors};
use base64::{Engine, engine::general_purpose::STANDARD};
use heatpay_channels::{ChannelError, StatementSource, wechatpay::Wechatpay};
use heatpay_domain::{
    Fen,
    statement::{BadStatement, StatementKind, StatementLine},
};
use jiff::civil::{Date, date};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use serde_json::json;

const DAY: Date = date(2026, 1, 1);

fn bill() -> Vec<u8> {
    STANDARD.decode(vectors()["tradebill"]["content_base64"].as_str().unwrap()).unwrap()
}

fn text() -> String {
    String::from_utf8(bill()).unwrap()
}

fn merchant() -> Wechatpay {
    client(&secret(), "http://127.0.0.1:9")
}

fn read(file: &[u8]) -> Result<Vec<StatementLine>, BadStatement> {
    merchant().read_statement(file, DAY)?.collect()
}

/// A host that offers a text under a hash.
async fn offering(file: &str, hash: &str) -> (Host, Host) {
    let files = Host::answering([says(200, file)]).await;
    let url = format!("{}/v3/billdownload/file?token=abc", files.base_url);
    let offer = json!({ "hash_type": "SHA1", "hash_value": hash, "download_url": url }).to_string();
    (Host::answering([signs(200, offer)]).await, files)
}

fn sha1(text: &str) -> String {
    hex::encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes()))
}

#[test]
fn the_bill_of_the_vectors_is_read_to_the_fen() {
    let lines = read(&bill()).unwrap();
    let [paid, back] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!((paid.kind, paid.amount, paid.fee), (StatementKind::Payment, Fen(123_456), Fen(741)));
    assert_eq!(
        (paid.order_no.as_str(), paid.channel_txn.as_str()),
        ("HF20260101000001", "4200002026202601010000000001")
    );
    assert_eq!(paid.at, "2026-01-01T08:00:05+08:00".parse().unwrap());
    assert_eq!((back.kind, back.amount, back.fee), (StatementKind::Refund, Fen(100), Fen(-1)));
    assert_eq!(back.refund_no.as_deref(), Some("RF20260101000001"));
    assert_eq!(back.channel_refund_no.as_deref(), Some("50300000002026010100000000001"));
}

#[test]
fn the_same_bill_packed_is_read_alike_and_has_the_hash_of_its_text() {
    let packed = STANDARD.decode(vectors()["tradebill"]["gzip_base64"].as_str().unwrap()).unwrap();
    assert_eq!(read(&packed), read(&bill()));
    assert_eq!(vectors()["tradebill"]["hash_value"], sha1(&text()));
    assert!(read(&packed[..packed.len() - 9]).is_err());
}

#[test]
fn a_bill_cut_anywhere_is_refused() {
    let (whole, merchant) = (bill(), merchant());
    // The decimals of the last sum, which are noughts, and its line end decide nothing.
    for at in 0..=whole.len() - "1.00\r\n".len() {
        let read = merchant.read_statement(&whole[..at], DAY).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        assert!(read.is_err(), "{at} of {} bytes: {read:?}", whole.len());
    }
}

#[test]
fn a_bill_without_one_of_its_lines_or_with_one_twice_is_refused() {
    let text = text();
    let lines: Vec<&str> = text.split_inclusive("\r\n").collect();
    let without = [&lines[..1], &lines[2..]].concat().concat();
    assert!(matches!(read(without.as_bytes()), Err(BadStatement::Incomplete(_))));
    let twice = [&lines[..2], &lines[1..]].concat().concat();
    assert!(matches!(read(twice.as_bytes()), Err(BadStatement::Incomplete(_))));
}

#[test]
fn a_bill_of_another_day_or_merchant_is_refused() {
    let other_day: Result<Vec<_>, _> = merchant().read_statement(&bill(), date(2026, 1, 2)).unwrap().collect();
    assert_eq!(other_day, Err(BadStatement::NotOurs("day")));
    let other = client(&secret_with(&json!({ "mchid": "1900000009" })), "http://127.0.0.1:9");
    let other_merchant: Result<Vec<_>, _> = other.read_statement(&bill(), DAY).unwrap().collect();
    assert_eq!(other_merchant, Err(BadStatement::NotOurs("merchant")));
}

#[test]
fn a_column_that_is_missing_is_named() {
    let renamed = text().replacen("商户退款单号", "别的", 1);
    assert_eq!(read(renamed.as_bytes()), Err(BadStatement::Unreadable { line: 1, what: "商户退款单号" }));
}

#[tokio::test]
async fn a_bill_is_fetched_from_where_it_is_offered_and_its_hash_checked() {
    let (host, files) = offering(&text(), &sha1(&text())).await;
    let file = client(&secret(), &host.base_url).fetch_statement(DAY, now()).await.unwrap().unwrap();
    assert_eq!((file.name.as_str(), file.bytes.as_ref()), ("wechatpay-20260101.csv.gz", bill().as_slice()));
    assert_eq!(host.lines(), ["GET /v3/bill/tradebill?bill_date=2026-01-01&bill_type=ALL&tar_type=GZIP"]);
    assert_eq!(files.lines(), ["GET /v3/billdownload/file?token=abc"]);
    assert!(files.asked()[0].headers.contains_key("authorization"));
}

#[tokio::test]
async fn a_bill_with_another_hash_is_refused() {
    let (host, _files) = offering(&text().replacen("1234.56", "1234.57", 1), &sha1(&text())).await;
    let fetched = client(&secret(), &host.base_url).fetch_statement(DAY, now()).await;
    assert!(matches!(fetched, Err(ChannelError::OutcomeUnknown { .. })), "{fetched:?}");
}

async fn asked(answer: Answer) -> Result<bool, ChannelError> {
    let host = Host::answering([answer]).await;
    client(&secret(), &host.base_url).fetch_statement(DAY, now()).await.map(|file| file.is_some())
}

#[tokio::test]
async fn a_day_without_business_has_no_bill() {
    assert!(!asked(refuses(400, "NO_STATEMENT_EXIST")).await.unwrap());
}

#[tokio::test]
async fn a_bill_that_is_not_made_yet_comes_later() {
    assert!(matches!(asked(refuses(400, "STATEMENT_CREATING")).await, Err(ChannelError::TryLater { .. })));
    assert!(matches!(asked(says(502, "bad gateway")).await, Err(ChannelError::OutcomeUnknown { .. })));
}

#[tokio::test]
async fn an_offer_nobody_signed_is_not_followed() {
    let offer = json!({ "hash_type": "SHA1", "hash_value": "", "download_url": "http://127.0.0.1:9/x" });
    assert!(matches!(asked(says(200, offer.to_string())).await, Err(ChannelError::OutcomeUnknown { .. })));
}
