use super::Allocation;
use crate::{
    BillNo, Fen, PaymentNo, Season,
    bill::{Bill, BillStatus, amount_due},
};
use jiff::civil::Date;

/// The most bills one payment may pay. All of it is settled in one DynamoDB transaction of at most 100 items.
pub const MAX_BILLS: usize = 20;

/// Why no payment can be made for the chosen bills.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AllocateError {
    /// No bill was chosen.
    #[error("no bill chosen")]
    NothingChosen,
    /// More bills than one payment may pay.
    #[error("{chosen} bills chosen, at most {MAX_BILLS}")]
    TooManyBills {
        /// How many.
        chosen: usize,
    },
    /// The same bill chosen twice.
    #[error("bill {0} chosen twice")]
    ChosenTwice(BillNo),
    /// The household has no such bill.
    #[error("the household has no bill {0}")]
    UnknownBill(BillNo),
    /// The bill is not owed: a draft, paid or withdrawn.
    #[error("bill {bill_no} is {}", .status.name())]
    NotOwed {
        /// The bill.
        bill_no: BillNo,
        /// Where it stands.
        status: BillStatus,
    },
    /// Another payment holds the bill. Pay that one, or cancel it.
    #[error("payment {payment_no} holds bill {bill_no}")]
    HeldByPayment {
        /// The bill.
        bill_no: BillNo,
        /// The open payment.
        payment_no: PaymentNo,
    },
    /// 陈欠 first: an earlier season is open and was not chosen.
    #[error("season {season} must be paid first (bill {bill_no})")]
    EarlierSeasonOpen {
        /// The earlier season.
        season: Season,
        /// Its open bill.
        bill_no: BillNo,
    },
    /// The bill asks for nothing today.
    #[error("bill {0} asks for nothing")]
    ZeroAmount(BillNo),
    /// More than one payment may come to.
    #[error("the bills come to more than {} yuan", Fen::PAYMENT_LIMIT.yuan())]
    OverLimit,
}

/// What a new payment pays: of every chosen bill the open principal and the late fee as of `today`, less the discount of
/// `today`, oldest season first. `bills` are all bills of the household, so that an earlier open season is seen.
pub fn allocate(bills: &[Bill], chosen: &[BillNo], today: Date) -> Result<Vec<Allocation>, AllocateError> {
    if chosen.is_empty() {
        return Err(AllocateError::NothingChosen);
    }
    if chosen.len() > MAX_BILLS {
        return Err(AllocateError::TooManyBills { chosen: chosen.len() });
    }
    if let Some((_, twice)) = chosen.iter().enumerate().find(|(at, bill_no)| chosen[..*at].contains(bill_no)) {
        return Err(AllocateError::ChosenTwice(twice.clone()));
    }
    let mut paid_bills = chosen
        .iter()
        .map(|bill_no| {
            let bill = bills.iter().find(|bill| bill.bill_no == *bill_no);
            bill.ok_or_else(|| AllocateError::UnknownBill(bill_no.clone()))
        })
        .collect::<Result<Vec<&Bill>, _>>()?;
    paid_bills.sort_by(|a, b| (a.season, &a.bill_no).cmp(&(b.season, &b.bill_no)));
    let allocations = paid_bills.iter().map(|bill| allocate_bill(bill, today)).collect::<Result<Vec<_>, _>>()?;
    refuse_skipping(bills, &paid_bills)?;
    match total(&allocations) {
        Some(sum) if sum <= Fen::PAYMENT_LIMIT => Ok(allocations),
        Some(_) | None => Err(AllocateError::OverLimit),
    }
}

/// What the allocations ask the payer for together, `None` where it does not fit.
pub fn total(allocations: &[Allocation]) -> Option<Fen> {
    allocations.iter().try_fold(Fen::ZERO, |sum, allocation| sum.checked_add(allocation.amount()?))
}

fn allocate_bill(bill: &Bill, today: Date) -> Result<Allocation, AllocateError> {
    match bill.status {
        BillStatus::Issued => {}
        status @ (BillStatus::Draft | BillStatus::Paid | BillStatus::Void) => {
            return Err(AllocateError::NotOwed { bill_no: bill.bill_no.clone(), status });
        }
    }
    if let Some(payment_no) = bill.open_payment.clone() {
        return Err(AllocateError::HeldByPayment { bill_no: bill.bill_no.clone(), payment_no });
    }
    let due = amount_due(bill, today);
    if !due.total.is_positive() {
        return Err(AllocateError::ZeroAmount(bill.bill_no.clone()));
    }
    Ok(Allocation {
        bill_no: bill.bill_no.clone(),
        season: bill.season,
        principal: due.principal,
        late_fee: due.late_fee,
        discount: due.discount,
    })
}

/// Clearing order: the oldest season first. A season may be paid only together with all earlier ones that are open.
fn refuse_skipping(bills: &[Bill], paid_bills: &[&Bill]) -> Result<(), AllocateError> {
    let Some(latest) = paid_bills.last() else {
        return Ok(());
    };
    let skipped = bills
        .iter()
        .filter(|bill| bill.season < latest.season && bill.open_principal().is_positive())
        .filter(|bill| !paid_bills.iter().any(|paid| paid.bill_no == bill.bill_no))
        .min_by_key(|bill| bill.season);
    match skipped {
        Some(bill) => Err(AllocateError::EarlierSeasonOpen { season: bill.season, bill_no: bill.bill_no.clone() }),
        None => Ok(()),
    }
}
