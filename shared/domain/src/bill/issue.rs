use super::{Bill, BillEvent};
use crate::states::Refused;

impl Bill {
    /// The draft issued: owed from now on. Its postings are `ledger::issue_bill`. A bill of nothing is paid at once.
    pub fn issue(&self) -> Result<Self, Refused> {
        let issued = self.status.on(BillEvent::Issue)?;
        let status = if self.total.is_positive() { issued } else { issued.on(BillEvent::PaidInFull)? };
        Ok(Self { status, version: self.version + 1, ..self.clone() })
    }
}
