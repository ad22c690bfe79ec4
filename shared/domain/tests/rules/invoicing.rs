use crate::given::{bill, discount_until, evidence, late_fee_from, now, payment_of};
use heatpay_domain::{
    Fen, Season,
    bill::Bill,
    household::UseCategory,
    invoice::{CannotInvoice, TaxPolicy, TaxRule, TaxTreatment, invoice_lines, seasons, tax_in, totals},
    payment::{Decision, Payment, decide},
};
use jiff::civil::{Date, date};
use proptest::prelude::*;

const TODAY: Date = date(2026, 11, 23);
const NINE_PERCENT: TaxTreatment = TaxTreatment::Taxed { rate_ppm: 90_000 };

fn rule(use_category: UseCategory, treatment: TaxTreatment, from: Date, until: Option<Date>) -> TaxRule {
    TaxRule {
        use_category,
        valid_from: from,
        valid_until: until,
        treatment,
        goods_code: "1100102010100000000".to_owned(),
        goods_name: "供热费".to_owned(),
        late_fee_name: "供热费违约金".to_owned(),
    }
}

/// Residents are exempt to the end of the 2027 season, then taxed; companies are taxed at 9 %.
fn policy() -> TaxPolicy {
    use UseCategory::{NonResidential, Residential};
    TaxPolicy(vec![
        rule(Residential, TaxTreatment::Exempt, date(2024, 1, 1), Some(date(2028, 4, 30))),
        rule(Residential, NINE_PERCENT, date(2028, 5, 1), None),
        rule(NonResidential, NINE_PERCENT, date(2019, 4, 1), None),
    ])
}

fn paid(bills: &[Bill]) -> (Payment, Vec<Bill>) {
    let (payment, held) = payment_of(bills, TODAY);
    let Decision::Commit(settled) = decide(Some(&payment), &held, &evidence(payment.amount.0), now()) else {
        panic!("a duplicate")
    };
    (settled.payment.unwrap(), settled.bills)
}

#[test]
fn a_residents_fee_is_exempt_while_the_policy_is_in_force() {
    let (payment, bills) = paid(&[bill(2026, 223_800)]);
    let lines = invoice_lines(&payment, &bills, &policy()).unwrap();
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!((line.gross, line.net, line.tax), (Fen(223_800), Fen(223_800), Fen::ZERO));
    assert_eq!((line.goods_name.as_str(), line.treatment), ("供热费", TaxTreatment::Exempt));
}

#[test]
fn a_companys_fee_contains_nine_percent() {
    let company = Bill { use_category: UseCategory::NonResidential, ..bill(2026, 109_000) };
    let (payment, bills) = paid(&[company]);
    let lines = invoice_lines(&payment, &bills, &policy()).unwrap();
    assert_eq!((lines[0].net, lines[0].tax), (Fen(100_000), Fen(9_000)));
}

#[test]
fn the_late_fee_has_its_own_line_and_the_discount_reduces_the_fee() {
    let arrears = Bill { late_fee: late_fee_from(date(2026, 1, 1)), ..bill(2025, 100_000) };
    let early = Bill { discount: discount_until(TODAY), ..bill(2026, 200_000) };
    let (payment, bills) = paid(&[arrears, early]);
    let lines = invoice_lines(&payment, &bills, &policy()).unwrap();
    let shown: Vec<_> = lines.iter().map(|line| (line.season.0, line.goods_name.as_str(), line.gross.0)).collect();
    assert_eq!(shown, [(2025, "供热费", 100_000), (2025, "供热费违约金", 20_000), (2026, "供热费", 198_000)]);
    assert_eq!(totals(&lines).unwrap().gross, payment.amount);
    let newest_first: Vec<_> = lines.into_iter().rev().collect();
    assert_eq!(seasons(&newest_first), [Season(2025), Season(2026)], "each once, the oldest first");
}

#[test]
fn the_policy_of_the_day_of_payment_counts() {
    let policy = policy();
    let on = |day| policy.rule(UseCategory::Residential, day).unwrap().treatment;
    assert_eq!(on(date(2028, 4, 30)), TaxTreatment::Exempt);
    assert_eq!(on(date(2028, 5, 1)), NINE_PERCENT);
    assert_eq!(policy.rule(UseCategory::Residential, date(2023, 12, 31)), None);
}

#[test]
fn what_is_not_paid_or_not_in_the_policy_has_no_invoice() {
    let (pending, held) = payment_of(&[bill(2026, 100)], TODAY);
    assert_eq!(invoice_lines(&pending, &held, &policy()), Err(CannotInvoice::NotPaid));
    let (payment, bills) = paid(&[bill(2026, 100)]);
    assert_eq!(
        invoice_lines(&payment, &bills, &TaxPolicy(Vec::new())),
        Err(CannotInvoice::NoTaxRule { use_category: UseCategory::Residential, on: TODAY })
    );
    let missing = bills[0].bill_no.clone();
    assert_eq!(invoice_lines(&payment, &[], &policy()), Err(CannotInvoice::MissingBill(missing)));
}

#[test]
fn the_tax_is_rounded_half_up_to_the_fen() {
    // 100.00 − 100.00 ÷ 1.09 = 8.2568…
    assert_eq!(tax_in(Fen(10_000), NINE_PERCENT), Fen(826));
    // 0.03 − 0.03 ÷ 1.2 = 0.005
    assert_eq!(tax_in(Fen(3), TaxTreatment::Taxed { rate_ppm: 200_000 }), Fen(1));
    assert_eq!(tax_in(Fen(1), NINE_PERCENT), Fen::ZERO);
}

proptest! {
    #[test]
    fn net_and_tax_are_the_gross_amount(fen in 1..=Fen::BILL_LIMIT.0, rate_ppm in 0_u32..=1_000_000) {
        let tax = tax_in(Fen(fen), TaxTreatment::Taxed { rate_ppm });
        prop_assert!(Fen::ZERO <= tax && tax < Fen(fen) || fen == 1);
        // net × (1 + rate) is the gross amount, to half a fen of tax.
        let net = i128::from(fen - tax.0);
        let off = (net * (1_000_000 + i128::from(rate_ppm)) - i128::from(fen) * 1_000_000).abs();
        prop_assert!(2 * off <= 1_000_000 + i128::from(rate_ppm));
    }
}
