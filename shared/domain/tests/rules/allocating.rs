use crate::given::{bill, bill_no, discount_until, late_fee_from};
use heatpay_domain::{
    BillNo, Fen, PaymentNo, Season,
    bill::{Bill, BillKind, BillStatus, discount},
    payment::{AllocateError, Allocation, MAX_BILLS, allocate, total},
};
use jiff::civil::{Date, date};

const TODAY: Date = date(2026, 11, 23);

fn no(season: i16) -> BillNo {
    bill_no(season, BillKind::Season)
}

#[test]
fn a_payment_pays_what_is_open_with_todays_late_fee() {
    let late = Bill { late_fee: late_fee_from(date(2026, 1, 1)), paid: Fen(50_000), ..bill(2025, 250_000) };
    let parts = allocate(&[late], &[no(2025)], date(2026, 1, 10)).unwrap();
    let part = Allocation {
        bill_no: no(2025),
        season: Season(2025),
        principal: Fen(200_000),
        late_fee: Fen(2000),
        discount: Fen(0),
    };
    assert_eq!(parts, [part]);
    assert_eq!(total(&parts), Some(Fen(202_000)));
}

#[test]
fn a_payment_takes_todays_discount() {
    let early = Bill { discount: discount_until(TODAY), ..bill(2026, 223_800) };
    let parts = allocate(std::slice::from_ref(&early), &[no(2026)], TODAY).unwrap();
    assert_eq!(parts[0].discount, discount(&early, TODAY));
    assert_eq!(parts[0].amount(), Some(Fen(221_562)));
}

#[test]
fn the_oldest_season_comes_first_whatever_the_order_of_choice() {
    let bills = [bill(2026, 3), bill(2024, 1), bill(2025, 2)];
    let parts = allocate(&bills, &[no(2026), no(2024), no(2025)], TODAY).unwrap();
    assert_eq!(parts.iter().map(|part| part.season.0).collect::<Vec<_>>(), [2024, 2025, 2026]);
}

#[test]
fn a_later_season_cannot_be_paid_while_an_earlier_one_is_open() {
    let bills = [bill(2024, 1), bill(2025, 2), bill(2026, 3)];
    let skipped = AllocateError::EarlierSeasonOpen { season: Season(2024), bill_no: no(2024) };
    assert_eq!(allocate(&bills, &[no(2026)], TODAY), Err(skipped.clone()));
    assert_eq!(allocate(&bills, &[no(2025), no(2026)], TODAY), Err(skipped));
    assert!(allocate(&bills, &[no(2024)], TODAY).is_ok());
    assert!(allocate(&bills, &[no(2024), no(2025)], TODAY).is_ok());
}

#[test]
fn a_season_that_is_paid_or_withdrawn_does_not_hold_up_a_later_one() {
    for status in [BillStatus::Paid, BillStatus::Void, BillStatus::Draft] {
        let bills = [Bill { status, ..bill(2025, 100) }, bill(2026, 100)];
        assert!(allocate(&bills, &[no(2026)], TODAY).is_ok(), "{status:?}");
    }
}

#[test]
fn an_earlier_season_that_is_being_paid_still_holds_up_a_later_one() {
    let paying = Bill { open_payment: PaymentNo::parse("P0000001").ok(), ..bill(2025, 100) };
    let refused = allocate(&[paying, bill(2026, 100)], &[no(2026)], TODAY);
    assert!(matches!(refused, Err(AllocateError::EarlierSeasonOpen { .. })));
}

#[test]
fn a_bill_that_another_payment_holds_names_that_payment() {
    let payment_no = PaymentNo::parse("P0000001").unwrap();
    let held = Bill { open_payment: Some(payment_no.clone()), ..bill(2026, 100) };
    let refused = AllocateError::HeldByPayment { bill_no: no(2026), payment_no };
    assert_eq!(allocate(&[held], &[no(2026)], TODAY), Err(refused));
}

#[test]
fn only_what_is_owed_can_be_paid() {
    for status in [BillStatus::Draft, BillStatus::Paid, BillStatus::Void] {
        let refused = AllocateError::NotOwed { bill_no: no(2026), status };
        assert_eq!(allocate(&[Bill { status, ..bill(2026, 100) }], &[no(2026)], TODAY), Err(refused));
    }
    assert_eq!(allocate(&[bill(2026, 0)], &[no(2026)], TODAY), Err(AllocateError::ZeroAmount(no(2026))));
}

#[test]
fn a_choice_that_makes_no_sense_is_refused() {
    let bills = [bill(2026, 100)];
    assert_eq!(allocate(&bills, &[], TODAY), Err(AllocateError::NothingChosen));
    assert_eq!(allocate(&bills, &[no(2025)], TODAY), Err(AllocateError::UnknownBill(no(2025))));
    assert_eq!(allocate(&bills, &[no(2026), no(2026)], TODAY), Err(AllocateError::ChosenTwice(no(2026))));
    let many: Vec<BillNo> = (2001..2022).map(no).collect();
    assert_eq!(allocate(&bills, &many, TODAY), Err(AllocateError::TooManyBills { chosen: MAX_BILLS + 1 }));
}

#[test]
fn a_payment_has_a_limit() {
    let at_limit = [bill(2026, Fen::PAYMENT_LIMIT.0)];
    assert!(allocate(&at_limit, &[no(2026)], TODAY).is_ok());
    let over = [bill(2026, Fen::PAYMENT_LIMIT.0 + 1)];
    assert_eq!(allocate(&over, &[no(2026)], TODAY), Err(AllocateError::OverLimit));
}
