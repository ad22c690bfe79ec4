use crate::host::{Answer, Host, client, now, says, secret, secret_with, vector, vectors};
use base64::{Engine, engine::general_purpose::STANDARD};
use flate2::{Compression, write::ZlibEncoder};
use heatpay_channels::{ChannelError, StatementSource, unionpay::Unionpay};
use heatpay_domain::{
    Fen,
    statement::{BadStatement, StatementKind, StatementLine},
};
use jiff::{Timestamp, civil::Date};
use serde_json::json;
use std::io::{Cursor, Write};
use zip::{ZipWriter, write::SimpleFileOptions};

const ZM: &str = "INN26010188ZM_777290058110097";

fn day() -> Date {
    "2026-01-01".parse().unwrap()
}

fn unionpay() -> Unionpay {
    client(&secret(), "http://127.0.0.1:9")
}

/// The vectors' detail file.
fn details() -> Vec<u8> {
    STANDARD.decode(vectors()["zm"]["file_gbk_base64"].as_str().unwrap()).unwrap()
}

fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn read(file: &[u8]) -> Result<Vec<StatementLine>, BadStatement> {
    unionpay().read_statement(file, day())?.collect()
}

async fn fetch(answer: Answer, at: &str) -> (Result<Option<heatpay_channels::StatementFile>, ChannelError>, Host) {
    let host = Host::answering([answer]).await;
    let at: Timestamp = at.parse().unwrap();
    let file = client(&secret(), &host.base_url).fetch_statement(day(), at).await;
    (file, host)
}

#[tokio::test]
async fn the_settlement_file_is_fetched_unpacked_and_read() {
    let (file, host) = fetch(Answer::Says(200, vector("file_ok")), "2026-01-02T09:30:00+08:00").await;
    let file = file.unwrap().unwrap();
    assert_eq!(file.name, "unionpay-20260101.zip");
    let asked = &host.asked()[0];
    assert_eq!(asked.path, "/");
    for (name, value) in [("txnType", "76"), ("settleDate", "0101"), ("fileType", "00"), ("txnTime", "20260102093000")]
    {
        assert_eq!(asked.field(name).as_deref(), Some(value));
    }
    let lines = read(&file.bytes).unwrap();
    assert_eq!(
        lines,
        [
            StatementLine {
                kind: StatementKind::Payment,
                order_no: "HF20260101000001".to_owned(),
                channel_txn: "262601010800000000018".to_owned(),
                refund_no: None,
                channel_refund_no: None,
                amount: Fen(123_456),
                fee: Fen(741),
                at: now() + jiff::SignedDuration::from_secs(5),
            },
            StatementLine {
                kind: StatementKind::Refund,
                order_no: "HF20260101000001".to_owned(),
                channel_txn: "262601010800000000018".to_owned(),
                refund_no: Some("RF20260101000001".to_owned()),
                channel_refund_no: Some("262601020800000000019".to_owned()),
                amount: Fen(100),
                fee: Fen(-1),
                at: "2026-01-02T08:00:05+08:00".parse().unwrap(),
            },
        ]
    );
}

#[tokio::test]
async fn a_file_not_made_yet_comes_later_and_one_never_made_is_an_empty_day() {
    let not_ready = || says(&[("respCode", "98"), ("respMsg", "文件不存在")]);
    let (early, _) = fetch(not_ready(), "2026-01-02T08:00:00+08:00").await;
    assert!(matches!(&early, Err(ChannelError::TryLater { code, .. }) if code == "98"), "{early:?}");
    let (morning, _) = fetch(not_ready(), "2026-01-03T08:59:59+08:00").await;
    assert!(matches!(morning, Err(ChannelError::TryLater { .. })), "{morning:?}");
    assert_eq!(fetch(not_ready(), "2026-01-03T09:00:00+08:00").await.0.unwrap(), None);
}

#[tokio::test]
async fn a_file_of_another_day_or_none_at_all_is_no_answer() {
    let with = |name: &str, content: &str| says(&[("respCode", "00"), ("fileName", name), ("fileContent", content)]);
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
    packed.write_all(&zip_of(&[(ZM, b"")])).unwrap();
    let content = STANDARD.encode(packed.finish().unwrap());
    let good = "777290058110097_20260101.zip";
    assert!(fetch(with(good, &content), "2026-01-02T09:30:00+08:00").await.0.unwrap().is_some());
    for (name, content) in [
        ("777290058110097_20250101.zip", content.as_str()),
        (good, "not base64"),
        (good, "bm90IHpsaWI="),
        (good, &content[..40]),
        (good, ""),
    ] {
        let (file, _) = fetch(with(name, content), "2026-01-02T09:30:00+08:00").await;
        assert!(matches!(file, Err(ChannelError::OutcomeUnknown { .. })), "{name} {content}: {file:?}");
    }
}

#[test]
fn cut_off_spaces_are_put_back_and_shorter_lines_refused() {
    let whole = details();
    let line = |length: usize| read(&zip_of(&[(ZM, &whole[..length])]));
    assert_eq!(line(607).unwrap().len(), 1);
    assert_eq!(line(308).unwrap(), line(607).unwrap());
    assert_eq!(line(307).unwrap_err(), BadStatement::Unreadable { line: 1, what: "end" });
    let longer = [&whole[..607], b"  later fields", b"\n"].concat();
    assert_eq!(read(&zip_of(&[(ZM, &longer)])).unwrap().len(), 1);
    let endless = vec![b' '; 5000];
    assert!(matches!(read(&zip_of(&[(ZM, &endless)])), Err(BadStatement::Damaged(_))));
}

#[test]
fn a_line_that_breaks_the_format_is_named_and_nothing_follows_it() {
    let whole = details();
    for (at, bytes, what) in [
        (66, "0000001234X6", "amount"),
        (166, "X000000000741", "fee"),
        (215, "99", "txnType that is known"),
        (293, "777290058110048", "merId of ours"),
        (35, "0231080005", "time"),
        (78, "0", "space between its fields"),
        (112, "                                ", "orderId"),
    ] {
        let mut broken = whole.clone();
        broken[at..at + bytes.len()].copy_from_slice(bytes.as_bytes());
        let file = zip_of(&[(ZM, &broken)]);
        let unionpay = unionpay();
        let lines: Vec<_> = unionpay.read_statement(&file, day()).unwrap().collect();
        assert_eq!(lines, [Err(BadStatement::Unreadable { line: 1, what })]);
    }
}

#[test]
fn an_older_file_names_only_the_transaction_a_refund_came_from() {
    let whole = details();
    let mut old = whole.clone();
    old[609 + 476..609 + 508].fill(b' ');
    let lines = read(&zip_of(&[(ZM, &old)])).unwrap();
    assert_eq!((lines[1].order_no.as_str(), lines[1].channel_txn.as_str()), ("", "262601010800000000018"));
}

#[test]
fn a_zip_that_is_not_whole_is_not_used() {
    let whole = zip_of(&[(ZM, &details())]);
    assert_eq!(read(&whole).unwrap().len(), 2);
    assert!(matches!(read(&whole[..whole.len() - 10]), Err(BadStatement::Damaged(_))));
    assert!(matches!(read(b"not a zip"), Err(BadStatement::Damaged(_))));
    let mut changed = whole.clone();
    changed[80] ^= 1;
    assert!(matches!(read(&changed), Err(BadStatement::Damaged(_) | BadStatement::Unreadable { .. })));
    let other_day = zip_of(&[("INN26010288ZM_777290058110097", b"")]);
    assert_eq!(read(&other_day), Err(BadStatement::NotOurs("day")));
    let no_details = zip_of(&[("INN26010188ZME_777290058110097", b"")]);
    assert!(matches!(read(&no_details), Err(BadStatement::Incomplete(_))));
}

#[test]
fn an_empty_day_has_no_lines() {
    assert_eq!(read(b"").unwrap(), []);
    assert_eq!(read(&zip_of(&[(ZM, b""), ("INN26010188ZME_777290058110097", b"\r\n")])).unwrap(), []);
}

#[test]
fn details_are_read_although_errors_are_reported() {
    let file = zip_of(&[("INN26010188ZME_777290058110097", b"E74 something to look at"), (ZM, &details())]);
    assert_eq!(read(&file).unwrap().len(), 2);
}

#[test]
fn another_merchants_file_has_no_details_of_ours() {
    let other = client(&secret_with(&json!({ "mer_id": "777290058110048" })), "http://127.0.0.1:9");
    let file = zip_of(&[(ZM, &details())]);
    assert!(matches!(other.read_statement(&file, day()).err(), Some(BadStatement::Incomplete(_))));
}
