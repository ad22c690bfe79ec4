//! What is printed on an invoice: the lines, from what the payment booked and the company kept, and the tax rules of that day, and
//! the remarks.

use crate::InvoiceIssue;
use heatpay_domain::{
    bill::Bill,
    invoice::{CannotInvoice, Invoice, invoice_lines, seasons},
};
use heatpay_runtime::StepError;
use heatpay_store::households::Home;

impl InvoiceIssue {
    /// The invoice with its lines and remarks. Two reads: the payment; the household with its bills.
    pub(crate) async fn draft(&self, invoice: &Invoice) -> Result<Result<Invoice, CannotInvoice>, StepError> {
        let found = self.payments.find_with_given_back(&invoice.payment_no).await?;
        let (payment, given_back) = found.ok_or_else(|| StepError::reject("no such payment"))?;
        let home = self.households.home(&invoice.account_no).await?;
        let Home { household, bills } = home.ok_or_else(|| StepError::reject("no such household"))?;
        Ok(invoice_lines(&given_back.kept(&payment), &bills, &self.policy).map(|lines| {
            let drafted = Invoice { lines, ..invoice.clone() };
            Invoice { remarks: remarks(&drafted, &household.household.address(), &bills), ..drafted }
        }))
    }
}

/// Account, address, seasons and area, as accountants look for them.
fn remarks(invoice: &Invoice, address: &str, bills: &[Bill]) -> String {
    let seasons: Vec<String> = seasons(&invoice.lines).iter().map(ToString::to_string).collect();
    let invoiced = |bill: &&Bill| invoice.lines.iter().any(|line| line.bill_no == bill.bill_no);
    let mut areas: Vec<&str> = bills
        .iter()
        .filter(invoiced)
        .flat_map(|bill| &bill.lines)
        .filter(|line| line.rule == "area_fee")
        .filter_map(|line| line.quantity.as_deref())
        .collect();
    areas.sort_unstable();
    areas.dedup();
    let mut parts = vec![
        format!("户号:{}", invoice.account_no),
        format!("地址:{address}"),
        format!("采暖季:{}", seasons.join("、")),
    ];
    if !areas.is_empty() {
        // The tax bureau's characters have no raised 2.
        parts.push(format!("面积:{}", areas.join("、").replace("m²", "平方米")));
    }
    parts.join(";")
}

#[cfg(test)]
mod tests {
    use super::*;
    use heatpay_domain::{
        AccountNo, BillNo, Fen, InvoiceNo, PaymentNo, ResidentId, Season,
        bill::{BillKind, BillLine, BillStatus},
        household::UseCategory,
        invoice::{InvoiceFiles, InvoiceLine, InvoiceStatus, InvoiceTitle, TaxTreatment},
    };

    const ADDRESS: &str = "锦绣花园 3号楼 2单元 501";

    fn bill(season: Season, rule: &str, quantity: Option<&str>) -> Bill {
        let account_no = AccountNo::parse("1000000001").unwrap();
        Bill {
            bill_no: BillNo::of(season, BillKind::Season, &account_no),
            account_no,
            season,
            kind: BillKind::Season,
            use_category: UseCategory::Residential,
            status: BillStatus::Paid,
            lines: vec![BillLine {
                title: String::new(),
                rule: rule.to_owned(),
                quantity: quantity.map(str::to_owned),
                rate: None,
                factors: Vec::new(),
                explanation: String::new(),
                amount: Fen(223_800),
            }],
            total: Fen(223_800),
            subsidy: Fen::ZERO,
            paid: Fen(223_800),
            paid_late_fee: Fen::ZERO,
            issued_on: "2026-10-01".parse().unwrap(),
            due_on: "2026-12-31".parse().unwrap(),
            late_fee: None,
            discount: None,
            open_payment: None,
            version: 1,
        }
    }

    fn invoice(bills: &[Bill]) -> Invoice {
        let payment_no = PaymentNo::parse("P01KB1Q2Z3A").unwrap();
        let lines = bills.iter().map(|bill| InvoiceLine {
            bill_no: bill.bill_no.clone(),
            season: bill.season,
            goods_name: "供热费".to_owned(),
            goods_code: "1100102010100000000".to_owned(),
            treatment: TaxTreatment::Exempt,
            gross: bill.paid,
            net: bill.paid,
            tax: Fen::ZERO,
        });
        Invoice {
            invoice_no: InvoiceNo::of_payment(&payment_no),
            payment_no,
            account_no: AccountNo::parse("1000000001").unwrap(),
            resident_id: ResidentId::parse("U01KB1Q2Z3A").unwrap(),
            title: InvoiceTitle { name: "王小明".to_owned(), tax_no: None, email: None },
            lines: lines.collect(),
            remarks: String::new(),
            status: InvoiceStatus::Requested,
            platform_serial: None,
            digital_invoice_no: None,
            files: InvoiceFiles::default(),
            reversal: None,
            requested_at: "2026-11-23T04:00:00Z".parse().unwrap(),
            issued_at: None,
            asked: 0,
            error: None,
            version: 1,
        }
    }

    #[test]
    fn the_remarks_name_account_season_and_area() {
        let bills = [bill(Season(2026), "area_fee", Some("89.52 m²"))];
        assert_eq!(
            remarks(&invoice(&bills), ADDRESS, &bills),
            "户号:1000000001;地址:锦绣花园 3号楼 2单元 501;采暖季:2026-2027;面积:89.52 平方米"
        );
    }

    #[test]
    fn several_seasons_of_one_household_share_its_area() {
        let bills =
            [bill(Season(2026), "area_fee", Some("89.52 m²")), bill(Season(2025), "area_fee", Some("89.52 m²"))];
        let expected = "户号:1000000001;地址:锦绣花园 3号楼 2单元 501;采暖季:2025-2026、2026-2027;面积:89.52 平方米";
        assert_eq!(remarks(&invoice(&bills), ADDRESS, &bills), expected);
    }

    #[test]
    fn the_area_of_a_bill_that_was_not_paid_is_left_out() {
        let paid = [bill(Season(2026), "area_fee", Some("89.52 m²"))];
        let all = [paid[0].clone(), bill(Season(2025), "area_fee", Some("90.00 m²"))];
        assert!(!remarks(&invoice(&paid), ADDRESS, &all).contains("90.00"));
    }

    #[test]
    fn prior_arrears_have_no_area() {
        let bills = [bill(Season(2025), "prior_arrears", None)];
        assert_eq!(
            remarks(&invoice(&bills), ADDRESS, &bills),
            "户号:1000000001;地址:锦绣花园 3号楼 2单元 501;采暖季:2025-2026"
        );
    }
}
