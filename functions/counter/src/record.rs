use crate::{App, reply::CounterPaymentReply};
use axum::{extract::State, http::StatusCode};
use heatpay_domain::{
    AccountNo, BillNo, Channel, PaymentNo, VoucherNo,
    calendar::civil_date,
    counter::{CounterEntry, evidence},
    payment::{Allocation, Payment, PaymentStatus, Scene, allocate, hold, total},
    staff::Permission,
};
use heatpay_runtime::{Problem, http::Json, problem::ProblemBody, queue::causes, staff::Staff};
use heatpay_store::{StoreError, counter::Recorded, operations::Operation};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The evidence is handed over at once; if that fails, the watch does it after this time.
const HANDED_OVER_BY: SignedDuration = SignedDuration::from_secs(30);
/// Nothing closes it: money that staff holds has arrived.
const NEVER_EXPIRES: SignedDuration = SignedDuration::from_hours(24 * 365);
/// How often a lost race is decided again.
const ATTEMPTS: usize = 4;

/// What was paid at the counter.
#[derive(Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCounterPayment {
    /// The household.
    #[schema(schema_with = heatpay_runtime::described::account_no)]
    account_no: AccountNo,
    /// The bills, 1 to 20, each paid in full as of today.
    #[schema(schema_with = heatpay_runtime::described::bill_nos)]
    bill_nos: Vec<BillNo>,
    /// What it was paid with.
    #[schema(schema_with = heatpay_runtime::described::tender)]
    channel: Channel,
    /// 凭证号: of the receipt book, the POS slip, the cheque or the bank's transfer; used once in a branch.
    #[schema(schema_with = heatpay_runtime::described::voucher_no)]
    voucher_no: VoucherNo,
    /// How much money it was, in fen; refused if it is not what the bills ask for today.
    #[schema(example = 223_800, minimum = 1)]
    amount_fen: i64,
}

/// 柜台收款
///
/// Records money paid at the counter for bills of a household. The same voucher again gives the same payment. It is booked
/// within seconds, like every other payment.
#[utoipa::path(post, path = "/api/staff/counter/payments", tag = "counter", security(("staff" = [])),
    extensions(("x-permission" = json!(Permission::CounterRecord))), request_body = NewCounterPayment,
    responses(
        (status = 201, description = "Recorded", body = CounterPaymentReply),
        (status = 200, description = "Recorded before", body = CounterPaymentReply),
        (status = 400, description = "A value breaks its rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the roles do not allow it; `other_branch`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such household or bill", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`payment_open`, `bill_paid`, `bill_not_payable`, `earlier_season_open`, `amount_changed` (with the amount due), `amount_over_limit`, `voucher_used`, `day_closed`, `bill_changed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn record_payment(
    State(app): State<App>,
    staff: Staff,
    Json(request): Json<NewCounterPayment>,
) -> Result<(StatusCode, axum::Json<CounterPaymentReply>), Problem> {
    if !request.channel.is_counter() {
        return Err(Problem::invalid("柜台收款方式应为现金、POS刷卡、支票或银行转账。"));
    }
    let household = app.households.find(&request.account_no).await?;
    let branch = household.ok_or_else(|| Problem::missing("没有找到这个户号。"))?.household.branch;
    staff.may_in_branch(Permission::CounterRecord, &branch)?;
    let payment_no = PaymentNo::of_voucher(request.channel, &branch, &request.voucher_no);
    for _ in 0..ATTEMPTS {
        let now = app.clock.now();
        let bills = app.bills.of_household(&request.account_no).await?;
        let allocations = match allocate(&bills, &request.bill_nos, civil_date(now)) {
            Ok(allocations) => allocations,
            // That is also what the same voucher again looks like: its payment holds or paid the bills.
            Err(refusal) => match app.payments.find(&payment_no).await? {
                Some(there) => return repeated(&app, &staff, &request, there).await,
                None => return Err(Problem::allocation(&refusal)),
            },
        };
        let entry = CounterEntry {
            cashier: staff.staff_no().clone(),
            branch: branch.clone(),
            voucher_no: request.voucher_no.clone(),
            day: civil_date(now),
        };
        let payment = new_payment(&request, &payment_no, entry.clone(), allocations, now)?;
        let operation = Operation::new(staff.staff_no(), "counter_record", "payment", payment_no.as_str(), now);
        let log = app.operations.next(operation.in_branch(&branch).after(&request)).await?;
        let held = hold(&payment, &bills);
        match app.tills.record(&payment, &entry, &held, &log, now + HANDED_OVER_BY).await {
            Ok(Recorded::Now) => {
                hand_over(&app, &payment).await;
                return Ok((StatusCode::CREATED, axum::Json(CounterPaymentReply::of(&payment))));
            }
            Ok(Recorded::Before(there)) => return repeated(&app, &staff, &request, *there).await,
            Ok(Recorded::DayClosed) => return Err(Problem::day_closed()),
            Ok(Recorded::Raced) | Err(StoreError::Raced) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Problem::conflict("bill_changed", "账单刚刚有变化,请刷新后再试。"))
}

/// The voucher was recorded before: by the same request, then its payment is the answer; by another, then it is used.
async fn repeated(
    app: &App,
    staff: &Staff,
    request: &NewCounterPayment,
    there: Payment,
) -> Result<(StatusCode, axum::Json<CounterPaymentReply>), Problem> {
    let bills = |bill_nos: &mut Vec<BillNo>| bill_nos.sort();
    let mut asked = request.bill_nos.clone();
    let mut recorded: Vec<BillNo> = there.allocations.iter().map(|part| part.bill_no.clone()).collect();
    bills(&mut asked);
    bills(&mut recorded);
    let by_him = there.counter.as_ref().is_some_and(|entry| entry.cashier == *staff.staff_no());
    let same = there.account_no == request.account_no && there.amount.0 == request.amount_fen && asked == recorded;
    if !(by_him && same) || there.status == PaymentStatus::Reversed {
        return Err(Problem::conflict("voucher_used", "这个凭证号已经登记过,请核对。").about(there.payment_no.as_str()));
    }
    if there.status.is_open() {
        hand_over(app, &there).await;
    }
    Ok((StatusCode::OK, axum::Json(CounterPaymentReply::of(&there))))
}

fn new_payment(
    request: &NewCounterPayment,
    payment_no: &PaymentNo,
    entry: CounterEntry,
    allocations: Vec<Allocation>,
    now: Timestamp,
) -> Result<Payment, Problem> {
    let amount = total(&allocations).ok_or_else(|| Problem::conflict("amount_over_limit", "合计金额超过上限。"))?;
    if amount.0 != request.amount_fen {
        let detail = format!("实收金额与应缴金额不符,应缴 {} 元。", amount.yuan());
        return Err(Problem::conflict("amount_changed", detail).about(amount.0.to_string()));
    }
    Ok(Payment {
        payment_no: payment_no.clone(),
        account_no: request.account_no.clone(),
        resident_id: None,
        merchant: entry.branch.clone(),
        counter: Some(entry),
        channel: request.channel,
        scene: Scene::Counter,
        openid: None,
        status: PaymentStatus::Submitting,
        amount,
        allocations,
        invoice_title_sealed: None,
        handle: None,
        created_at: now,
        expires_at: now + NEVER_EXPIRES,
        paid_at: None,
        channel_txn: None,
        asked: 0,
        version: 1,
    })
}

/// Without this message the watch's schedule finds the payment and hands the same evidence over.
async fn hand_over(app: &App, payment: &Payment) {
    let Some(evidence) = evidence(payment) else { return };
    if let Err(error) = app.settlements.send(&evidence, Duration::ZERO).await {
        tracing::warn!(payment_no = %payment.payment_no, reason = causes(&error), "the evidence is left to the watch");
    }
}
