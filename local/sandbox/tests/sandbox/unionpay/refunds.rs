use super::rig::{PRICE, Rig};
use heatpay_channels::{ChannelError, PaymentChannel, RefundRequest, RefundState};
use heatpay_ports::Clock;
use heatpay_sandbox::unionpay::RefundOutcome;

const REFUND: &str = "R20261120000001";

async fn send(rig: &Rig, refund: &RefundRequest) -> Result<RefundState, ChannelError> {
    rig.client.refund(refund, rig.clock.now()).await
}

#[tokio::test]
async fn a_refund_is_accepted_then_done_and_the_same_number_is_the_same_refund() {
    let rig = Rig::new().await;
    let refund = rig.refund(&rig.paid().await, REFUND, 100);
    assert_eq!(rig.ask_refund(&refund).await, RefundState::Unknown);
    for _ in 0..2 {
        assert_eq!(send(&rig, &refund).await.unwrap(), RefundState::Processing);
    }
    rig.clock.seconds(2);
    rig.act().await;
    for state in [rig.ask_refund(&refund).await, send(&rig, &refund).await.unwrap()] {
        assert!(matches!(&state, RefundState::Succeeded(money) if money.amount.0 == 100), "{state:?}");
    }
    assert_eq!(rig.party.money_held().unwrap(), PRICE.0 - 100);
}

#[tokio::test]
async fn all_of_it_on_the_same_day_is_undone_and_the_next_day_refunded() {
    for hours in [0, 24] {
        let rig = Rig::new().await;
        let refund = rig.refund(&rig.paid().await, REFUND, PRICE.0);
        rig.clock.seconds(hours * 3600);
        assert_eq!(send(&rig, &refund).await.unwrap(), RefundState::Processing);
        rig.clock.seconds(2);
        rig.act().await;
        assert!(matches!(rig.ask_refund(&refund).await, RefundState::Succeeded(_)));
        assert_eq!(rig.party.money_held().unwrap(), 0);
        let more = send(&rig, &rig.refund(&refund.channel_txn, "R20261120000002", 1)).await;
        assert!(matches!(more, Ok(RefundState::Abnormal)), "it went back already: {more:?}");
    }
}

#[tokio::test]
async fn more_than_came_never_goes_back() {
    let rig = Rig::new().await;
    let query_id = rig.paid().await;
    send(&rig, &rig.refund(&query_id, REFUND, PRICE.0 - 1)).await.unwrap();
    let more = send(&rig, &rig.refund(&query_id, "R20261120000002", 2)).await;
    assert!(matches!(&more, Err(ChannelError::Refused { code, .. }) if code == "36"), "{more:?}");
    let of_nothing = send(&rig, &rig.refund("262611201000000000000", "R20261120000003", 1)).await;
    assert!(matches!(&of_nothing, Err(ChannelError::Refused { code, .. }) if code == "35"), "{of_nothing:?}");
}

#[tokio::test]
async fn a_refund_ends_as_the_card_lets_it() {
    for (outcome, stands) in
        [(RefundOutcome::Failed, RefundState::Closed), (RefundOutcome::Card, RefundState::Abnormal)]
    {
        let rig = Rig::new().await;
        let refund = rig.refund(&rig.paid().await, REFUND, 100);
        rig.party.set_refund_outcome(outcome);
        send(&rig, &refund).await.unwrap();
        rig.clock.seconds(2);
        rig.act().await;
        assert_eq!(rig.ask_refund(&refund).await, stands);
        assert_eq!(rig.party.money_held().unwrap(), PRICE.0);
    }
}
