use super::rig::{ORDER, PRICE, Rig};
use heatpay_channels::{ChannelError, PaymentChannel, StatementSource};
use heatpay_domain::{Fen, statement::StatementKind};
use heatpay_ports::Clock;
use jiff::civil::Date;

#[tokio::test]
async fn the_settlement_file_has_every_payment_and_refund_of_the_day() {
    let rig = Rig::new().await;
    let query_id = rig.paid().await;
    let refund = rig.refund(&query_id, "R20261120000001", 100);
    rig.client.refund(&refund, rig.clock.now()).await.unwrap();
    rig.clock.seconds(2);
    rig.act().await;
    let day: Date = "2026-11-20".parse().unwrap();
    let early = rig.client.fetch_statement(day, rig.clock.now()).await;
    assert!(matches!(early, Err(ChannelError::TryLater { .. })), "{early:?}");
    // Nine in the morning of the next day.
    rig.clock.seconds(23 * 3600);
    let file = rig.client.fetch_statement(day, rig.clock.now()).await.unwrap().unwrap();
    let lines: Vec<_> = rig.client.read_statement(&file.bytes, day).unwrap().collect::<Result<_, _>>().unwrap();
    assert_eq!(lines.len(), 2);
    let (paid, back) = (&lines[0], &lines[1]);
    assert_eq!(
        (paid.kind, paid.order_no.as_str(), paid.channel_txn.as_str()),
        (StatementKind::Payment, ORDER, query_id.as_str())
    );
    assert_eq!((paid.amount, paid.fee, paid.at), (PRICE, Fen(1343), rig.placed_at));
    assert_eq!(
        (back.kind, back.order_no.as_str(), back.channel_txn.as_str()),
        (StatementKind::Refund, ORDER, query_id.as_str())
    );
    assert_eq!((back.refund_no.as_deref(), back.amount, back.fee), (Some("R20261120000001"), Fen(100), Fen(-1)));
}

#[tokio::test]
async fn unionpays_day_ends_at_eleven_at_night() {
    let rig = Rig::new().await;
    rig.placed(heatpay_domain::payment::Scene::App).await;
    // 10:00 to 23:00.
    rig.clock.seconds(13 * 3600);
    rig.party.pay_late(ORDER).unwrap();
    rig.clock.seconds(34 * 3600 + 1);
    let of = async |day: &str| rig.client.fetch_statement(day.parse().unwrap(), rig.clock.now()).await.unwrap();
    assert_eq!(of("2026-11-20").await, None, "nothing happened, and two mornings have passed");
    assert!(of("2026-11-21").await.is_some());
}
