//! Money taken at the counter, for bills or ahead of them: recorded once by its voucher, handed to the settlement queue.

use crate::{App, reply::CounterPaymentReply};
use axum::http::StatusCode;
use heatpay_domain::{
    AccountNo, BillNo, Channel, Fen, PaymentNo, VoucherNo,
    bill::Bill,
    calendar::civil_date,
    counter::{CounterEntry, evidence},
    payment::{Allocation, Payment, PaymentStatus, Purpose, Scene, Way, allocate, hold},
    prepayment,
    staff::Permission,
};
use heatpay_runtime::{Problem, queue::causes, staff::Staff};
use heatpay_store::{StoreError, counter::Recorded, operations::Operation};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::time::Duration;

/// The evidence is handed over at once; if that fails, the watch does it after this time.
const HANDED_OVER_BY: SignedDuration = SignedDuration::from_secs(30);
/// How often a lost race is decided again.
const ATTEMPTS: usize = 4;

/// What was taken.
#[derive(Clone, Copy)]
pub(crate) struct Taking<'a> {
    pub(crate) account_no: &'a AccountNo,
    pub(crate) channel: Channel,
    pub(crate) voucher_no: &'a VoucherNo,
    pub(crate) amount: Fen,
    pub(crate) paid: For<'a>,
}

/// What for.
#[derive(Clone, Copy)]
pub(crate) enum For<'a> {
    Bills(&'a [BillNo]),
    BillsToCome,
}

type Answer = Result<(StatusCode, axum::Json<CounterPaymentReply>), Problem>;

/// Records it; `request` is what the operation log keeps.
pub(crate) async fn take(app: &App, staff: &Staff, taking: Taking<'_>, request: &impl Serialize) -> Answer {
    if !taking.channel.is_counter() {
        return Err(Problem::invalid("柜台收款方式应为现金、POS刷卡、支票或银行转账。"));
    }
    let household = app.households.find(taking.account_no).await?;
    let household = household.ok_or_else(|| Problem::missing("没有找到这个户号。"))?;
    let branch = household.household.branch.clone();
    staff.may_in_branch(Permission::CounterRecord, &branch)?;
    let payment_no = PaymentNo::of_voucher(taking.channel, &branch, taking.voucher_no);
    for _ in 0..ATTEMPTS {
        let now = app.clock.now();
        let bills = app.bills.of_household(taking.account_no).await?;
        let entry = CounterEntry {
            cashier: staff.staff_no().clone(),
            branch: branch.clone(),
            voucher_no: taking.voucher_no.clone(),
            day: civil_date(now),
        };
        let allocations = paid_for(app, taking, &bills, household.prepaid, now);
        let payment = allocations.and_then(|parts| new_payment(taking, &payment_no, entry.clone(), parts, now));
        let payment = match payment {
            Ok(payment) => payment,
            // That is also what the same voucher again looks like: its payment holds or paid the bills, or they ask for something
            // else by now.
            Err(refusal) => match app.payments.find(&payment_no).await? {
                Some(there) => return repeated(app, staff, taking, there).await,
                None => return Err(refusal),
            },
        };
        let operation = Operation::new(staff.staff_no(), "counter_record", "payment", payment_no.as_str(), now);
        let log = app.operations.next(operation.in_branch(&branch).after(request)).await?;
        let held = hold(&payment, &bills);
        match app.tills.record(&payment, &entry, &held, &log, now + HANDED_OVER_BY).await {
            Ok(Recorded::Now) => {
                hand_over(app, &payment).await;
                return Ok((StatusCode::CREATED, axum::Json(CounterPaymentReply::of(&payment))));
            }
            Ok(Recorded::Before(there)) => return repeated(app, staff, taking, *there).await,
            Ok(Recorded::DayClosed) => return Err(Problem::day_closed()),
            Ok(Recorded::Raced) | Err(StoreError::Raced) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Problem::conflict("bill_changed", "账单刚刚有变化,请刷新后再试。"))
}

/// What of which bill it pays; nothing where it is paid ahead.
fn paid_for(
    app: &App,
    taking: Taking<'_>,
    bills: &[Bill],
    balance: Fen,
    now: Timestamp,
) -> Result<Vec<Allocation>, Problem> {
    match taking.paid {
        For::Bills(bill_nos) => allocate(bills, bill_nos, civil_date(now)).map_err(|e| Problem::allocation(&e)),
        For::BillsToCome => prepayment::check(bills, balance, taking.amount, app.prepayment_limit)
            .map(|()| Vec::new())
            .map_err(|e| Problem::prepayment(&e)),
    }
}

/// The voucher was recorded before: by the same request, then its payment is the answer; by another, then it is used.
async fn repeated(app: &App, staff: &Staff, taking: Taking<'_>, there: Payment) -> Answer {
    let mut recorded: Vec<&BillNo> = there.allocations.iter().map(|part| &part.bill_no).collect();
    let mut asked: Vec<&BillNo> = match taking.paid {
        For::Bills(bill_nos) => bill_nos.iter().collect(),
        For::BillsToCome => Vec::new(),
    };
    recorded.sort();
    asked.sort();
    let by_him = there.counter.as_ref().is_some_and(|entry| entry.cashier == *staff.staff_no());
    let same = there.account_no == *taking.account_no && there.amount == taking.amount && asked == recorded;
    if !(by_him && same) || there.status == PaymentStatus::Reversed {
        return Err(Problem::conflict("voucher_used", "这个凭证号已经登记过,请核对。").about(there.payment_no.as_str()));
    }
    if there.status.is_open() {
        hand_over(app, &there).await;
    }
    Ok((StatusCode::OK, axum::Json(CounterPaymentReply::of(&there))))
}

fn new_payment(
    taking: Taking<'_>,
    payment_no: &PaymentNo,
    entry: CounterEntry,
    allocations: Vec<Allocation>,
    now: Timestamp,
) -> Result<Payment, Problem> {
    let purpose = match taking.paid {
        For::Bills(_) => Purpose::Bills(allocations),
        For::BillsToCome => Purpose::BillsToCome(taking.amount),
    };
    let way = Way { channel: taking.channel, merchant: entry.branch.clone(), scene: Scene::Counter };
    let payment = Payment::new(payment_no.clone(), taking.account_no.clone(), way, purpose, now, None);
    let payment = payment.ok_or_else(|| Problem::conflict("amount_over_limit", "合计金额超过上限。"))?;
    if payment.amount != taking.amount {
        let amount = payment.amount;
        let detail = format!("实收金额与应缴金额不符,应缴 {} 元。", amount.yuan());
        return Err(Problem::conflict("amount_changed", detail).about(amount.0.to_string()));
    }
    Ok(Payment { counter: Some(entry), ..payment })
}

/// Without this message the watch's schedule finds the payment and hands the same evidence over.
async fn hand_over(app: &App, payment: &Payment) {
    let Some(evidence) = evidence(payment) else { return };
    if let Err(error) = app.settlements.send(&evidence, Duration::ZERO).await {
        tracing::warn!(payment_no = %payment.payment_no, reason = causes(&error), "the evidence is left to the watch");
    }
}
