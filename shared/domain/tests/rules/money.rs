use heatpay_domain::{Fen, money::InvalidYuan};

#[test]
fn money_is_shown_in_yuan_with_two_decimals() {
    assert_eq!(Fen(223_800).yuan(), "2238.00");
    assert_eq!(Fen(5).yuan(), "0.05");
    assert_eq!(Fen(-5).yuan(), "-0.05");
    assert_eq!(Fen(i64::MIN).yuan(), "-92233720368547758.08");
}

#[test]
fn people_read_money_in_groups_of_three() {
    assert_eq!(Fen(123_456).yuan_grouped(), "1,234.56");
    assert_eq!(Fen(12_345).yuan_grouped(), "123.45");
    assert_eq!(Fen(-123_456_789).yuan_grouped(), "-1,234,567.89");
    assert_eq!(Fen(0).yuan_grouped(), "0.00");
}

#[test]
fn yuan_are_read_without_a_float() {
    for (text, fen) in
        [("2238", 223_800), ("2238.0", 223_800), ("0.29", 29), ("-0.05", -5), ("1.10", 110), ("007", 700)]
    {
        assert_eq!(Fen::parse_yuan(text), Ok(Fen(fen)), "{text}");
    }
}

#[test]
fn what_is_no_amount_is_refused() {
    for text in ["", "-", ".5", "5.", "1,234.00", "+1", "1e3", " 1", "1.2.3", "--1", "一百", "٣"] {
        assert!(matches!(Fen::parse_yuan(text), Err(InvalidYuan::NotAnAmount(_))), "{text}");
    }
    assert_eq!(Fen::parse_yuan("0.005"), Err(InvalidYuan::TooPrecise("0.005".to_owned())));
    assert_eq!(Fen::parse_yuan("0.050").unwrap(), Fen(5), "zeros at the end say nothing");
    assert!(matches!(Fen::parse_yuan("92233720368547758.08"), Err(InvalidYuan::TooLarge(_))));
}

#[test]
fn a_sum_that_does_not_fit_is_none() {
    assert_eq!(Fen::sum([Fen(1), Fen(2), Fen(-3)]), Some(Fen::ZERO));
    assert_eq!(Fen::sum([Fen(i64::MAX), Fen(1)]), None);
    assert_eq!(Fen(i64::MIN).checked_sub(Fen(1)), None);
}

#[test]
fn a_share_is_rounded_half_away_from_zero() {
    assert_eq!(Fen(5).share(1, 2), Some(Fen(3)));
    assert_eq!(Fen(-5).share(1, 2), Some(Fen(-3)));
    assert_eq!(Fen(4).share(1, 3), Some(Fen(1)));
    assert_eq!(Fen(1).share(1, 0), None);
    assert_eq!(Fen(i64::MAX).share(2, 1), None);
}
