//! Recomputes every balance from the postings and names any difference.

pub use heatpay_domain::audit::Audit;

use crate::{
    clock::SuiteClock,
    run::{RunError, read, start_logging},
    world::{World, WorldConfig, WorldError},
};
use heatpay_domain::audit::Auditor;
use heatpay_ports::RandomIds;
use heatpay_runtime::{BootError, settings::SettingError};
use heatpay_store::{
    StoreError,
    books::{Books, Everything},
};
use std::{collections::BTreeMap, io, path::Path, sync::Arc};

/// Why the books were not audited, or that they do not agree.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// There is no such data.
    #[error("{0} has no data of the suite")]
    NoData(String),
    /// A file of the repository, or of the data.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The suite's clock.
    #[error("the suite's clock cannot be read")]
    Clock(#[source] io::Error),
    /// The suite.
    #[error(transparent)]
    World(#[from] WorldError),
    /// A context.
    #[error(transparent)]
    Boot(#[from] BootError),
    /// A setting.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// A table.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// They do not agree.
    #[error("the books do not agree: {0} differences")]
    Differences(usize),
}

/// Audits the books of a data folder and prints what it saw.
pub(crate) async fn run(data: &Path) -> Result<(), AuditError> {
    if !data.join("billed").exists() {
        return Err(AuditError::NoData(data.display().to_string()));
    }
    start_logging(data)?;
    let clock = SuiteClock::machine(data.join("clock")).map_err(AuditError::Clock)?;
    let config = WorldConfig {
        data: Some(data.to_owned()),
        template: String::from_utf8_lossy(&read(Path::new("template.yaml"))?).into_owned(),
        port: 0,
        clock: Arc::new(clock),
        ids: Arc::new(RandomIds::default()),
        parameters: BTreeMap::new(),
        keys: None,
    };
    let world = World::start(config).await?;
    let mut auditor = Auditor::default();
    Books::of(&world.operator().await?)?.each(&mut auditor).await?;
    let seen = auditor.finish();
    world.shutdown().await;
    for (what, count) in &seen.counted {
        println!("{count:>12} {what}");
    }
    for (account, fen) in &seen.balances {
        println!("{:>16} {account}", heatpay_domain::Fen(*fen).yuan_grouped());
    }
    for difference in &seen.differences {
        println!("{difference}");
    }
    if seen.differences.is_empty() { Ok(()) } else { Err(AuditError::Differences(seen.differences.len())) }
}

/// Goes through everything.
pub fn audit(books: &Everything) -> Audit {
    let mut auditor = Auditor::default();
    books.bills.iter().for_each(|bill| auditor.bill(bill));
    books.payments.iter().for_each(|payment| auditor.payment(payment));
    books.receipts.iter().for_each(|receipt| auditor.receipt(receipt));
    books.postings.iter().for_each(|posting| auditor.posting(posting));
    books.refunds.iter().for_each(|refund| auditor.refund(refund));
    auditor.finish()
}

/// No more goes back of a payment's bill than was booked to it, and what was paid out is booked to the fen.
fn refunds(books: &Everything, audit: &mut Audit) {
    let mut back: HashMap<(&PaymentNo, &BillNo), (i64, i64, i64)> = HashMap::new();
    let mut booked: HashMap<&RefundNo, i64> = HashMap::new();
    for posting in &books.postings {
        let paid = matches!(posting.credit, LedgerAccount::Clearing(_) | LedgerAccount::Bank);
        if let Some(refund_no) = posting.refund_no.as_ref().filter(|_| paid) {
            *booked.entry(refund_no).or_default() += posting.amount.0;
        }
    }
    for refund in &books.refunds {
        let posted = booked.remove(&refund.refund_no).unwrap_or(0);
        let expected = if refund.status.is_paid_out() { refund.amount.0 } else { 0 };
        if posted != expected {
            audit.differences.push(format!("refund {} paid out {expected} fen, booked {posted}", refund.refund_no));
        }
        let Some((claim, payment_no)) = refund.claim.as_ref().zip(refund.payment_no.as_ref()) else { continue };
        for part in claim.parts.iter().filter(|_| refund.status != RefundStatus::Declined) {
            let sums = back.entry((payment_no, &part.bill_no)).or_default();
            *sums = (sums.0 + part.principal.0, sums.1 + part.late_fee.0, sums.2 + part.discount.0);
        }
    }
    for payment in &books.payments {
        for part in &payment.allocations {
            let Some(sums) = back.remove(&(&payment.payment_no, &part.bill_no)) else { continue };
            if sums.0 > part.principal.0 || sums.1 > part.late_fee.0 || sums.2 > part.discount.0 {
                let (payment_no, bill_no) = (&payment.payment_no, &part.bill_no);
                audit.differences.push(format!("more of {bill_no} goes back than payment {payment_no} paid"));
            }
        }
    }
    for (payment_no, bill_no) in back.into_keys() {
        audit.differences.push(format!("{bill_no} goes back of payment {payment_no}, which did not pay it"));
    }
}
