use super::rig::{PRICE, Rig};
use heatpay_sandbox::{switches::Callbacks, wechatpay::Sending};

const ORDERS: [&str; 3] = ["P20261120000001", "P20261120000002", "P20261120000003"];

fn paid(number: &str) -> String {
    format!("paid {number} {}", PRICE.0)
}

#[tokio::test]
async fn a_notification_is_repeated_by_the_ladder_until_it_is_acknowledged() {
    let rig = Rig::new().await;
    rig.paid(ORDERS[0]).await;
    rig.merchant.fails(3);
    let act_after = async |seconds| {
        rig.clock.seconds(seconds);
        rig.party.act().await.unwrap()
    };
    assert_eq!(act_after(0).await, 1);
    for _ in 0..2 {
        assert_eq!(act_after(14).await, 0);
        assert_eq!(act_after(1).await, 1);
    }
    assert_eq!(rig.merchant.came(), ["failed", "failed", "failed"]);
    assert_eq!(act_after(29).await, 0);
    assert_eq!(act_after(1).await, 1);
    assert_eq!(rig.merchant.came(), [paid(ORDERS[0])]);
    assert_eq!(act_after(86_400).await, 0, "acknowledged");
}

#[tokio::test]
async fn wechat_gives_up_in_the_end() {
    let rig = Rig::new().await;
    rig.paid(ORDERS[0]).await;
    rig.merchant.fails(u32::MAX);
    for _ in 0..30 {
        rig.party.act().await.unwrap();
        rig.clock.seconds(6 * 3600);
    }
    assert_eq!(rig.merchant.came().len(), 16, "once, and fifteen times again");
}

#[tokio::test]
async fn notifications_are_lost_late_doubled_and_out_of_order_when_told() {
    let rig = Rig::new().await;
    let act = async || {
        rig.party.act().await.unwrap();
        rig.merchant.came()
    };
    let switches = rig.party.switches();
    switches.set_callbacks(Callbacks::Drop);
    rig.paid("P20261120000009").await;
    assert!(act().await.is_empty());
    switches.set_callbacks(Callbacks::Delay(40));
    rig.paid("P20261120000008").await;
    rig.clock.seconds(39);
    assert!(act().await.is_empty());
    rig.clock.seconds(1);
    assert_eq!(act().await, [paid("P20261120000008")]);
    switches.set_callbacks(Callbacks::Double);
    rig.paid("P20261120000007").await;
    assert_eq!(act().await, [paid("P20261120000007"), paid("P20261120000007")]);
    switches.set_callbacks(Callbacks::Reorder);
    for number in ORDERS {
        rig.paid(number).await;
    }
    assert_eq!(act().await, [paid(ORDERS[2]), paid(ORDERS[1]), paid(ORDERS[0])]);
    switches.set_callbacks(Callbacks::Normal);
    rig.party.notify_again(ORDERS[1]).unwrap();
    assert_eq!(act().await, [paid(ORDERS[1])]);
}

#[tokio::test]
async fn our_reader_believes_what_is_properly_signed_and_nothing_else() {
    let rig = Rig::new().await;
    rig.paid(ORDERS[0]).await;
    let post = async |sending| rig.party.post_notification(ORDERS[0], sending).await.unwrap();
    assert_eq!(post(Sending::Proper).await, Some(204));
    assert_eq!(post(Sending::PlatformCertificate).await, Some(204));
    for sending in [Sending::Stale, Sending::SignTest, Sending::Altered] {
        assert_eq!(post(sending).await, Some(401), "{sending:?}");
    }
}

#[tokio::test]
async fn strays_are_told_like_any_payment() {
    let rig = Rig::new().await;
    rig.paid(ORDERS[0]).await;
    rig.party.pay_again(ORDERS[0]).unwrap();
    rig.placed(ORDERS[1]).await;
    rig.party.pay(ORDERS[1], 5).unwrap();
    let unknown = rig.party.pay_unknown(1, &rig.merchant.url).unwrap();
    rig.party.act().await.unwrap();
    let wrong = format!("paid {} {}", ORDERS[1], PRICE.0 + 5);
    let nobody = format!("paid {} 1", unknown.out_trade_no);
    assert_eq!(rig.merchant.came(), [paid(ORDERS[0]), paid(ORDERS[0]), wrong, nobody]);
}
