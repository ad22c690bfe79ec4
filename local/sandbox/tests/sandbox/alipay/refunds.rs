use super::rig::{PRICE, Rig, refund};
use heatpay_channels::{ChannelError, Notification, OrderState, PaymentChannel, RefundState};
use heatpay_domain::Fen;
use heatpay_ports::Clock;
use heatpay_sandbox::alipay::RefundOutcome;

const ONE: &str = "P01KB1Q2Z3A4B5C6D7E8F9G0H1J";
const BACK: &str = "R01KB1Q2Z3A4B5C6D7E8F9G0H1J";
const REST: &str = "R01KB1Q2Z3A4B5C6D7E8F9G0H1K";

fn amount(state: RefundState) -> Option<Fen> {
    match state {
        RefundState::Succeeded(money) => Some(money.amount),
        RefundState::Unknown | RefundState::Processing | RefundState::Closed | RefundState::Abnormal => None,
    }
}

#[tokio::test]
async fn a_part_goes_back_then_the_rest_and_the_payment_stays_a_payment() {
    let rig = Rig::new().await;
    let trade_no = rig.paid(ONE).await;
    let part = refund(BACK, &trade_no, 1_000);
    assert_eq!(rig.ask_refund(&part).await, RefundState::Unknown);
    assert_eq!(amount(rig.client.refund(&part, rig.clock.now()).await.unwrap()), Some(Fen(1_000)));
    assert_eq!(
        rig.client.refund(&part, rig.clock.now()).await.unwrap(),
        RefundState::Processing,
        "a repeat moves nothing"
    );
    let rest = refund(REST, &trade_no, PRICE.0 - 1_000);
    assert_eq!(amount(rig.client.refund(&rest, rig.clock.now()).await.unwrap()), Some(rest.amount));
    for refund in [&part, &rest] {
        assert_eq!(amount(rig.ask_refund(refund).await), Some(refund.amount));
    }
    assert!(matches!(rig.query(ONE).await, OrderState::Paid(_)), "wholly refunded, and closed");
    assert_eq!(rig.party.money_held().unwrap(), 0);
    let told = rig.read_notices().await;
    let refunds = told.iter().filter(|notice| matches!(notice, Notification::Refund { .. })).count();
    assert_eq!((told.len(), refunds), (3, 2), "{told:?}");
}

#[tokio::test]
async fn money_that_moves_later_is_asked_about() {
    let rig = Rig::new().await;
    let back = refund(BACK, &rig.paid(ONE).await, 1_000);
    rig.party.set_refund_outcome(RefundOutcome::Later);
    assert_eq!(rig.client.refund(&back, rig.clock.now()).await.unwrap(), RefundState::Processing);
    assert_eq!(rig.ask_refund(&back).await, RefundState::Unknown);
    rig.clock.seconds(10);
    rig.party.act().await.unwrap();
    assert_eq!(amount(rig.ask_refund(&back).await), Some(Fen(1_000)));
    assert_eq!(rig.party.money_held().unwrap(), PRICE.0 - 1_000);
}

#[tokio::test]
async fn refusals_say_what_may_be_done() {
    let rig = Rig::new().await;
    let trade_no = rig.paid(ONE).await;
    rig.party.set_refund_outcome(RefundOutcome::BalanceTooSmall);
    let back = refund(BACK, &trade_no, 1_000);
    let small = rig.client.refund(&back, rig.clock.now()).await;
    assert!(matches!(small, Err(ChannelError::TryLater { .. })), "{small:?}");
    rig.party.set_refund_outcome(RefundOutcome::AtOnce);
    assert!(amount(rig.client.refund(&back, rig.clock.now()).await.unwrap()).is_some());
    let other_sum = rig.client.refund(&refund(BACK, &trade_no, 2_000), rig.clock.now()).await.unwrap();
    assert_eq!(amount(other_sum), Some(Fen(1_000)), "it went back before, with another sum");
    let too_much = rig.client.refund(&refund(REST, &trade_no, PRICE.0), rig.clock.now()).await;
    assert!(matches!(too_much, Err(ChannelError::Refused { .. })), "{too_much:?}");
    rig.party.finish(ONE).unwrap();
    let over = rig.client.refund(&refund(REST, &trade_no, 1), rig.clock.now()).await;
    assert!(matches!(over, Err(ChannelError::Refused { .. })), "{over:?}");
    let nothing = rig.client.refund(&refund(REST, "2026112022001000", 1), rig.clock.now()).await;
    assert!(matches!(nothing, Err(ChannelError::Refused { .. })), "{nothing:?}");
}
