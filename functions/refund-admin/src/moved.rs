//! A person moved a refund: written with its entry in the operation log, and told to `refund-execute` where it has work.

use crate::App;
use heatpay_domain::{
    payment::{Payment, Prepaid},
    refund::{GivenBack, PaidOut, Refund},
    states::Refused,
};
use heatpay_runtime::{
    Problem,
    events::{NotPublished, PaymentEvent},
    queue::causes,
    staff::Staff,
};
use heatpay_store::{operations::Operation, refund_books::Moved};
use jiff::Timestamp;

/// Who moved it, how it is called in the log, and how it was.
pub(crate) struct Move<'a> {
    pub(crate) staff: &'a Staff,
    pub(crate) what: &'static str,
    pub(crate) before: &'a Refund,
    pub(crate) branch: Option<&'a str>,
}

/// What else changes with it.
#[derive(Clone, Copy, Default)]
pub(crate) struct Besides<'a> {
    pub(crate) payment: Option<(&'a Payment, &'a GivenBack)>,
    pub(crate) paid_out: Option<&'a PaidOut>,
    pub(crate) prepaid: Option<&'a Prepaid>,
}

/// Writes it.
pub(crate) async fn write(
    app: &App,
    moving: Move<'_>,
    after: &Refund,
    besides: Besides<'_>,
    now: Timestamp,
) -> Result<(), Problem> {
    let Move { staff, what, before, branch } = moving;
    let operation = Operation::new(staff.staff_no(), what, "refund", after.refund_no.as_str(), now);
    let operation = branch.into_iter().fold(operation, Operation::in_branch);
    let entry = app.operations.next(operation.before(before).after(after)).await?;
    let ask_at = after.has_work().then_some(now);
    let Besides { payment, paid_out, prepaid } = besides;
    let moved = Moved { after, ask_at, payment, paid_out, prepaid, entry: Some(&entry) };
    app.books.write(moved, now).await?;
    if after.has_work()
        && let Err(error) = publish(app, after).await
    {
        // The refund stands in the index `open`: the schedule of `refund-execute` finds it.
        tracing::warn!(refund_no = %after.refund_no, reason = causes(&error), "the refund is left to the schedule");
    }
    Ok(())
}

/// Tells `refund-execute`.
pub(crate) async fn publish(app: &App, refund: &Refund) -> Result<(), NotPublished> {
    app.events.publish(&PaymentEvent::RefundRequested { refund_no: refund.refund_no.clone() }).await
}

/// The balance has more again: a bill issued meanwhile draws on it. Without this event the next billing run has it draw.
pub(crate) async fn publish_prepaid(app: &App, payment: &Payment) {
    let account_no = payment.account_no.clone();
    if let Err(error) = app.events.publish(&PaymentEvent::Prepaid { account_no }).await {
        tracing::warn!(payment_no = %payment.payment_no, reason = causes(&error), "the draw is left to the next billing run");
    }
}

/// 409: where the refund stands this cannot be done.
pub(crate) fn refused(refused: Refused) -> Problem {
    Problem::conflict("refund_status", "退款当前状态不能办理这项操作,请刷新后再试。").about(refused.state)
}
