use crate::{App, reply::CounterPaymentReply};
use axum::extract::State;
use heatpay_domain::{
    Fen, InvoiceNo, PaymentNo,
    calendar::civil_date,
    invoice::InvoiceStatus,
    payment::{Payment, PaymentStatus, reverse},
    staff::Permission,
};
use heatpay_runtime::{
    Problem,
    http::{Json, Path},
    problem::ProblemBody,
    staff::Staff,
};
use heatpay_store::{StoreError, operations::Operation};
use serde::{Deserialize, Serialize};

/// How often a lost race is decided again.
const ATTEMPTS: usize = 4;

/// Why it is taken back.
#[derive(Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CounterReversal {
    /// The reason, 2 to 100 characters.
    #[schema(
        min_length = 2,
        max_length = 100,
        pattern = r"^[^\s\u0000-\u001F\u007F-\u009F][^\u0000-\u001F\u007F-\u009F]*[^\s\u0000-\u001F\u007F-\u009F]$",
        example = "户号录错"
    )]
    reason: String,
}

/// 柜台冲正
///
/// Takes a payment back that one recorded by mistake today: its bills are owed again, its postings are mirrored. Only before the
/// day is closed; after that it is a refund. An invoice that was issued for it must be reversed first.
#[utoipa::path(post, path = "/api/staff/counter/payments/{payment_no}/reversal", tag = "counter", security(("staff" = [])),
    extensions(("x-permission" = json!(Permission::CounterReverse))), request_body = CounterReversal,
    params(("payment_no" = String, Path, description = "缴费单号", min_length = 8, max_length = 32, pattern = "^P[A-Za-z0-9]{7,31}$", example = "P01KB1Q2Z3A4B5C6D7E8F9G0H1J")),
    responses(
        (status = 200, description = "Taken back", body = CounterPaymentReply),
        (status = 400, description = "A value breaks its rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the roles do not allow it; `other_branch`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "Not a payment recorded at the counter", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`not_todays`, `not_booked_yet`, `invoice_issued`, `day_closed`, `not_reversible`, `prepayment_used` (with the balance), `changed_meanwhile`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn reverse_payment(
    State(app): State<App>,
    staff: Staff,
    Path(payment_no): Path<String>,
    Json(request): Json<CounterReversal>,
) -> Result<axum::Json<CounterPaymentReply>, Problem> {
    let length = request.reason.trim().chars().count();
    if !(2..=100).contains(&length) || request.reason.contains(char::is_control) {
        return Err(Problem::invalid("请填写冲正原因,2 至 100 个字。"));
    }
    let payment_no = PaymentNo::parse(payment_no).map_err(|error| Problem::invalid(error.reason))?;
    for _ in 0..ATTEMPTS {
        let (payment, given_back) =
            app.payments.find_with_given_back(&payment_no).await?.ok_or_else(not_at_the_counter)?;
        if payment.counter.is_some() && payment.status == PaymentStatus::Reversed {
            return Ok(axum::Json(CounterPaymentReply::of(&payment)));
        }
        let prepaid_back = given_back.prepaid_going.is_positive() || given_back.prepaid_gone.is_positive();
        if !given_back.bills.is_empty() || prepaid_back {
            return Err(not_reversible());
        }
        match take_back(&app, &staff, &payment, &request).await? {
            Some(reversed) => return Ok(axum::Json(CounterPaymentReply::of(&reversed))),
            None => continue,
        }
    }
    Err(StoreError::Raced.into())
}

/// Answers the payment taken back; nothing where somebody else was first.
async fn take_back(
    app: &App,
    staff: &Staff,
    payment: &Payment,
    request: &CounterReversal,
) -> Result<Option<Payment>, Problem> {
    let now = app.clock.now();
    let today = civil_date(now);
    let entry = payment.counter.as_ref().ok_or_else(not_at_the_counter)?;
    staff.may_in_branch(Permission::CounterReverse, &entry.branch)?;
    if entry.cashier != *staff.staff_no() || entry.day != today {
        return Err(Problem::conflict("not_todays", "只能冲正本人当日登记的收款,其他情况请走退款流程。"));
    }
    if payment.status.is_open() {
        return Err(Problem::conflict("not_booked_yet", "这笔收款还在入账,请几秒后再试。"));
    }
    refuse_invoiced(app, payment).await?;
    refuse_drawn(app, payment).await?;
    let bills = app.bills.of_payment(payment).await?;
    let reversal = reverse(payment, &bills, now).ok_or_else(not_reversible)?;
    let operation = Operation::new(staff.staff_no(), "counter_reverse", "payment", payment.payment_no.as_str(), now);
    let log = app.operations.next(operation.in_branch(&entry.branch).after(request)).await?;
    let remind_on = today.tomorrow().unwrap_or(today);
    match app.tills.reverse(&reversal, entry, now, remind_on, &log).await {
        Ok(true) => Ok(Some(reversal.payment)),
        Ok(false) => Err(Problem::day_closed()),
        Err(StoreError::Raced) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// An invoice that stands would tell of money that is no longer there.
async fn refuse_invoiced(app: &App, payment: &Payment) -> Result<(), Problem> {
    let invoice_no = InvoiceNo::of_payment(&payment.payment_no);
    match app.invoices.find(&invoice_no).await?.map(|kept| kept.invoice.status) {
        None | Some(InvoiceStatus::Reversed) => Ok(()),
        Some(InvoiceStatus::Requested | InvoiceStatus::Issuing | InvoiceStatus::Issued | InvoiceStatus::Failed) => {
            Err(Problem::conflict("invoice_issued", "这笔收款已申请发票,请先红冲发票。").about(invoice_no.as_str()))
        }
    }
}

/// What bills have drawn of the money, or what is being paid back, is no longer there to take back.
async fn refuse_drawn(app: &App, payment: &Payment) -> Result<(), Problem> {
    if !payment.prepaid.is_positive() {
        return Ok(());
    }
    let household = app.households.find(&payment.account_no).await?;
    let balance = household.map_or(Fen::ZERO, |kept| kept.prepaid);
    if balance < payment.prepaid {
        let detail = "这笔预存款已有部分抵扣账单或正在退还,不能冲正,请走退款流程。";
        return Err(Problem::conflict("prepayment_used", detail).about(balance.0.to_string()));
    }
    Ok(())
}

/// A refund of it was asked for, or its bills no longer bear it.
fn not_reversible() -> Problem {
    Problem::conflict("not_reversible", "这笔收款不能冲正,请走退款流程。")
}

fn not_at_the_counter() -> Problem {
    Problem::missing("没有找到这笔柜台收款。")
}
