use heatpay_domain::{
    bill::{BillEvent, BillStatus},
    invoice::{InvoiceEvent, InvoiceStatus},
    notification::{NotificationEvent, NotificationStatus},
    payment::{PaymentEvent, PaymentStatus},
    refund::{RefundEvent, RefundStatus},
    repair::{RepairEvent, RepairStatus},
    states::{LifeCycle, page},
};

/// Every state × event at a glance; a change of a rule shows as a change of the page.
#[test]
fn the_page_of_state_machines_is_what_the_code_does() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/state-machines.md");
    if std::env::var_os("HEATPAY_WRITE_DOCS").is_some() {
        std::fs::write(path, page()).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap();
    assert_eq!(written, page(), "docs/state-machines.md is out of date: run once with HEATPAY_WRITE_DOCS=1");
}

/// The states that an event leads to, from all states.
fn outcomes<S: LifeCycle>(event: S::Event) -> Vec<S> {
    S::STATES.iter().filter_map(|state| state.after(event).ok()).collect()
}

/// The states that no event leaves.
fn last_states<S: LifeCycle + std::fmt::Debug>() -> Vec<S> {
    let stays = |state: &S| S::EVENTS.iter().all(|event| state.after(*event).is_err());
    S::STATES.iter().copied().filter(stays).collect()
}

#[test]
fn what_has_ended_stays_ended() {
    use PaymentStatus::{Closed, Rejected, Reversed};
    assert_eq!(last_states::<PaymentStatus>(), [Reversed, Closed, Rejected]);
    assert_eq!(PaymentStatus::Paid.on(PaymentEvent::Reversed), Ok(Reversed), "at the counter, the same day");
    assert_eq!(last_states::<BillStatus>(), [BillStatus::Void]);
    let ended = [RefundStatus::Succeeded, RefundStatus::PaidOtherwise, RefundStatus::Declined];
    assert_eq!(last_states::<RefundStatus>(), ended);
    assert_eq!(last_states::<InvoiceStatus>(), [InvoiceStatus::Reversed]);
    assert_eq!(
        last_states::<NotificationStatus>(),
        [NotificationStatus::Sent, NotificationStatus::Failed, NotificationStatus::Skipped]
    );
    assert_eq!(last_states::<RepairStatus>(), [RepairStatus::Rated, RepairStatus::Cancelled]);
}

#[test]
fn only_money_makes_a_payment_paid_and_only_the_channel_closes_it() {
    for &event in PaymentEvent::ALL {
        let ends = outcomes::<PaymentStatus>(event);
        assert_eq!(ends.contains(&PaymentStatus::Paid), event == PaymentEvent::MoneyArrived, "{event:?}");
        assert_eq!(ends.contains(&PaymentStatus::Closed), event == PaymentEvent::CloseConfirmed, "{event:?}");
    }
}

#[test]
fn an_open_payment_takes_money_whatever_we_were_doing_with_it() {
    for &status in PaymentStatus::ALL {
        let taken = status.on(PaymentEvent::MoneyArrived);
        assert_eq!(taken.is_ok(), status.is_open(), "{status:?}");
    }
}

#[test]
fn not_knowing_changes_nothing() {
    for &status in PaymentStatus::ALL.iter().filter(|status| status.is_open()) {
        assert_eq!(status.on(PaymentEvent::ChannelSaysUnknown), Ok(status));
    }
}

#[test]
fn a_refused_repeat_does_not_reject_a_payment_that_the_channel_took() {
    assert_eq!(PaymentStatus::Submitting.on(PaymentEvent::ChannelRefused), Ok(PaymentStatus::Rejected));
    let refused = PaymentStatus::Pending.on(PaymentEvent::ChannelRefused).unwrap_err();
    assert_eq!(refused.to_string(), "payment is pending: channel refused the order is not allowed");
}

#[test]
fn a_paid_bill_cannot_be_withdrawn() {
    assert!(BillStatus::Paid.on(BillEvent::Withdraw).is_err());
    assert_eq!(BillStatus::Issued.on(BillEvent::Withdraw), Ok(BillStatus::Void));
}

#[test]
fn a_refund_that_was_asked_for_needs_a_second_person() {
    for &event in RefundEvent::ALL {
        let allowed = matches!(event, RefundEvent::Approve | RefundEvent::Decline);
        assert_eq!(RefundStatus::Requested.on(event).is_ok(), allowed, "{event:?}");
    }
}

#[test]
fn an_invoice_may_still_be_issued_after_the_platform_said_it_failed() {
    assert_eq!(InvoiceStatus::Failed.on(InvoiceEvent::PlatformIssued), Ok(InvoiceStatus::Issued));
    assert!(InvoiceStatus::Issued.on(InvoiceEvent::PlatformFailed).is_err());
}

#[test]
fn two_workers_cannot_claim_one_notification() {
    assert_eq!(NotificationStatus::Queued.on(NotificationEvent::Claimed), Ok(NotificationStatus::Sending));
    assert!(NotificationStatus::Sending.on(NotificationEvent::Claimed).is_err());
}

#[test]
fn a_report_is_taken_back_only_while_nobody_is_at_it_and_rated_only_when_it_is_mended() {
    for &status in RepairStatus::ALL {
        let may_withdraw = matches!(status, RepairStatus::Submitted | RepairStatus::Assigned);
        assert_eq!(status.on(RepairEvent::Withdrawn).is_ok(), may_withdraw, "{status:?}");
        assert_eq!(status.on(RepairEvent::Rated).is_ok(), status == RepairStatus::Done, "{status:?}");
    }
}
