use crate::{
    gateway::{Answer, Gateway, client, now, refuses, secret, signs},
    packing::{COLUMNS, foot, head, pack, pack_all, payment, refund},
};
use heatpay_channels::{ChannelError, StatementFile, StatementSource};
use heatpay_domain::{
    Fen,
    statement::{BadStatement, StatementKind, StatementLine},
};
use jiff::{SignedDuration, civil::date};
use serde_json::json;

const METHOD: &str = "alipay.data.dataservice.bill.downloadurl.query";
const ACCOUNT: &str = "20880000000000010156";

fn read(file: &[u8]) -> Result<Vec<StatementLine>, BadStatement> {
    let alipay = crate::gateway::merchant();
    alipay.read_statement(file, date(2026, 1, 1))?.collect()
}

fn whole() -> String {
    head(ACCOUNT)
        + &payment("P1", "1234.56", "-7.41")
        + &payment("P2", "100.00", "")
        + &refund("P1", "R1", "23.45", "0.14")
        + &foot((2, "1334.56"), (1, "-23.45"))
}

#[test]
fn a_bill_is_read_line_by_line() {
    let lines = read(&pack(&whole())).unwrap();
    let [paid, second, back] = lines.as_slice() else { panic!("three lines: {lines:?}") };
    assert_eq!(
        (paid.kind, paid.order_no.as_str(), paid.amount, paid.fee),
        (StatementKind::Payment, "P1", Fen(123_456), Fen(741))
    );
    assert_eq!((paid.channel_txn.as_str(), paid.refund_no.as_deref()), ("2026010122001400001", None));
    assert_eq!(paid.at.to_string(), "2026-01-01T00:00:05Z");
    assert_eq!((second.amount, second.fee), (Fen(10_000), Fen::ZERO));
    assert_eq!(
        (back.kind, back.refund_no.as_deref(), back.amount, back.fee),
        (StatementKind::Refund, Some("R1"), Fen(2_345), Fen(-14))
    );
    assert_eq!(back.order_no, "P1");
}

#[test]
fn columns_are_found_by_their_names_wherever_they_stand() {
    let reversed = |line: &str| line.trim_end().split(',').rev().collect::<Vec<_>>().join(",") + "\n";
    let head = head(ACCOUNT).replace(COLUMNS, reversed(COLUMNS).trim_end()).replace("（元）", "(元)");
    let text = head + &reversed(&payment("P1", "1234.56", "-7.41")) + &foot((1, "1234.56"), (0, "0.00"));
    assert_eq!(read(&pack(&text)).unwrap(), read(&pack(&whole())).unwrap()[..1]);
}

#[test]
fn a_day_without_a_line_is_a_bill_too() {
    assert_eq!(read(&pack(&(head(ACCOUNT) + &foot((0, "0.00"), (0, "0.00"))))).unwrap(), []);
}

#[test]
fn half_a_bill_is_none() {
    let text = whole();
    let without = |part: &str| text.lines().filter(|line| !line.contains(part)).collect::<Vec<_>>().join("\n");
    for (why, text) in [
        (
            "no end of the list",
            text.split("#-----------------------------------------业务明细列表结束").next().unwrap().to_owned(),
        ),
        ("a payment missing", without("P2")),
        ("a refund missing", without("R1")),
        ("no totals", without("合计")),
        ("another sum", text.replace("1334.56", "1334.57")),
        ("no columns", head(ACCOUNT).replace(COLUMNS, "")),
    ] {
        let read = read(&pack(&text));
        assert!(matches!(read, Err(BadStatement::Incomplete(_))), "{why}: {read:?}");
    }
}

#[test]
fn a_line_that_breaks_the_format_is_named() {
    for (from, to) in [
        ("P2\t,交易     ", "P2\t,转账     "),
        (",100.00,", ",1e2,"),
        (",P2\t,", ",P2\t,x,"),
        ("-23.45,-23.45", "23.45,-23.45"),
        ("R1\t", "\t"),
        ("2026-01-01 10:00:07", "yesterday"),
    ] {
        let text = whole();
        assert!(text.contains(from), "{from}");
        let read = read(&pack(&text.replace(from, to)));
        assert!(matches!(read, Err(BadStatement::Unreadable { line: 6..=8, .. })), "{from}: {read:?}");
    }
    let read = read(&pack(&whole().replace("服务费", "手续费")));
    assert!(matches!(read, Err(BadStatement::Unreadable { line: 5, .. })), "{read:?}");
}

#[test]
fn another_merchants_or_another_days_bill_is_not_ours() {
    let other = whole().replace(ACCOUNT, "20880000000000020156");
    assert_eq!(read(&pack(&other)), Err(BadStatement::NotOurs("merchant")));
    let other = whole().replace("起始日期：[2026年01月01日", "起始日期：[2026年01月02日");
    assert_eq!(read(&pack(&other)), Err(BadStatement::NotOurs("day")));
}

#[test]
fn a_damaged_file_is_not_read() {
    let good = pack(&whole());
    let broken = {
        let mut broken = good.clone();
        let middle = broken.len() / 2;
        broken[middle] ^= 0x55;
        broken
    };
    let long = pack(&(head(ACCOUNT) + &"x".repeat(70_000)));
    let nothing = pack_all(&["#支付宝业务汇总查询\n"]);
    let twice = pack_all(&[&whole(), &whole()]);
    for (why, file) in [
        ("cut", &good[..good.len() - 30]),
        ("changed", &broken),
        ("no archive", b"statement"),
        ("a line without end", &long),
        ("no detail file", &nothing),
        ("two detail files", &twice),
    ] {
        let read = read(file);
        let found =
            matches!(read, Err(BadStatement::Damaged(_) | BadStatement::Unreadable { what: "text in GB18030", .. }));
        assert!(found, "{why}: {read:?}");
    }
}

#[test]
fn a_great_bill_is_read_as_it_is_unpacked() {
    const LINES: usize = 20_000;
    let mut text = head(ACCOUNT);
    for at in 0..LINES {
        text += &payment(&format!("P{at}"), "1.00", "-0.01");
    }
    text += &foot((20_000, "20000.00"), (0, "0.00"));
    let file = pack(&text);
    let alipay = crate::gateway::merchant();
    let lines = alipay.read_statement(&file, date(2026, 1, 1)).unwrap();
    assert_eq!(lines.filter(|line| line.as_ref().is_ok_and(|line| line.fee == Fen(1))).count(), LINES);
}

async fn fetch(answer: Answer, hours: i64) -> Result<Option<StatementFile>, ChannelError> {
    let gateway = Gateway::answering([answer]).await;
    let at = now() + SignedDuration::from_hours(hours);
    client(&secret(), &gateway.base_url).fetch_statement(date(2026, 1, 1), at).await
}

#[tokio::test]
async fn a_bill_is_fetched_from_the_address_the_gateway_names() {
    let gateway = Gateway::answering([]).await;
    let url = format!("{}/bill.zip?token=1", gateway.base_url);
    gateway.then(signs(METHOD, &json!({ "code": "10000", "bill_download_url": url })));
    gateway.then(Answer::Says(200, pack(&whole())));
    let file = client(&secret(), &gateway.base_url).fetch_statement(date(2026, 1, 1), now()).await.unwrap().unwrap();
    assert_eq!((file.name.as_str(), read(&file.bytes).unwrap().len()), ("alipay-20260101.zip", 3));
    assert_eq!(gateway.asked()[0].content(), json!({ "bill_type": "trade", "bill_date": "2026-01-01" }));
    assert_eq!(gateway.asked()[1].path, "/bill.zip");
}

#[tokio::test]
async fn a_bill_that_does_not_exist_is_waited_for_until_ten_in_the_morning() {
    let none = || refuses(METHOD, "40004", "isp.bill_not_exist");
    assert!(matches!(fetch(none(), 25).await, Err(ChannelError::TryLater { .. })));
    assert_eq!(fetch(none(), 26).await.unwrap(), None);
    assert_eq!(fetch(refuses(METHOD, "40004", "BILL_NOT_EXIST"), 30).await.unwrap(), None);
    assert!(matches!(
        fetch(refuses(METHOD, "40004", "SYSTEM_RATE_LIMIT"), 30).await,
        Err(ChannelError::TryLater { .. })
    ));
    assert!(matches!(
        fetch(refuses(METHOD, "40004", "INVAILID_ARGUMENTS"), 30).await,
        Err(ChannelError::Refused { .. })
    ));
}

#[tokio::test]
async fn an_address_that_is_over_leaves_the_bill_for_later() {
    let gateway = Gateway::answering([]).await;
    let url = format!("{}/bill.zip", gateway.base_url);
    gateway.then(signs(METHOD, &json!({ "code": "10000", "bill_download_url": url })));
    gateway.then(Answer::Says(403, Vec::new()));
    let fetched = client(&secret(), &gateway.base_url).fetch_statement(date(2026, 1, 1), now()).await;
    assert!(matches!(fetched, Err(ChannelError::OutcomeUnknown { .. })), "{fetched:?}");
}
