use super::rig::{PRICE, Rig, refund};
use heatpay_channels::{ChannelError, PaymentChannel, StatementSource};
use heatpay_domain::{
    Fen,
    statement::{StatementKind, StatementLine},
};
use heatpay_ports::Clock;
use http::Method;
use jiff::civil::date;

const ONE: &str = "P01KB1Q2Z3A4B5C6D7E8F9G0H1J";
const BACK: &str = "R01KB1Q2Z3A4B5C6D7E8F9G0H1J";

#[tokio::test]
async fn the_bill_of_a_day_says_what_came_and_what_went_back() {
    let rig = Rig::new().await;
    let trade_no = rig.paid(ONE).await;
    rig.client.refund(&refund(BACK, &trade_no, 1_000), rig.clock.now()).await.unwrap();
    let day = date(2026, 11, 20);
    rig.clock.seconds(22 * 3600);
    let early = rig.client.fetch_statement(day, rig.clock.now()).await;
    assert!(matches!(early, Err(ChannelError::TryLater { .. })), "at eight in the morning: {early:?}");
    rig.clock.seconds(3600);
    let file = rig.client.fetch_statement(day, rig.clock.now()).await.unwrap().unwrap();
    assert_eq!(file.name, "alipay-20261120.zip");
    let lines: Vec<StatementLine> =
        rig.client.read_statement(&file.bytes, day).unwrap().collect::<Result<_, _>>().unwrap();
    let [paid, back] = lines.as_slice() else { panic!("two lines: {lines:?}") };
    assert_eq!((paid.kind, paid.amount, paid.fee), (StatementKind::Payment, PRICE, Fen(1_343)));
    assert_eq!((paid.order_no.as_str(), &paid.channel_txn), (ONE, &trade_no));
    assert_eq!((back.kind, back.amount, back.fee), (StatementKind::Refund, Fen(1_000), Fen(-6)));
    assert_eq!(back.refund_no.as_deref(), Some(BACK));
    rig.clock.seconds(3600);
    assert_eq!(rig.client.fetch_statement(date(2026, 11, 19), rig.clock.now()).await.unwrap(), None);
    let today = rig.client.fetch_statement(date(2026, 11, 21), rig.clock.now()).await;
    assert!(matches!(today, Err(ChannelError::Refused { .. })), "{today:?}");
}

#[tokio::test]
async fn nobody_fetches_a_bill_from_an_unknown_address() {
    let rig = Rig::new().await;
    let (status, _, _) = rig.ask(Method::GET, &format!("{}/bill/guessed", rig.base_url), "").await;
    assert_eq!(status, 403);
}
