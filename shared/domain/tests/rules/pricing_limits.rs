use crate::given::{area, household, percent, tariff};
use heatpay_domain::{
    Fen, Season,
    bill::{BillKind, late_fee},
    household::{Areas, BillingMethod, Household, PartialArea, PriorArrears, SupplyStatus, UseCategory},
    measure::{Area, Height, InvalidQuantity, Percent, Rate},
    tariff::{
        AreaBasis, CannotBill, HeightSurcharge, LateFeeFrom, LateFeeTariff, PricePeriod, SecondPayer, Tariff,
        compute_bill, prior_arrears_bill,
    },
};
use jiff::{ToSpan, civil::date};
use proptest::prelude::*;

fn refused(household: &Household, tariff: &Tariff) -> CannotBill {
    compute_bill(household, tariff, Season(2026), date(2026, 10, 15)).unwrap_err()
}

#[test]
fn metered_and_two_part_households_are_named_as_not_yet_billed() {
    for method in [BillingMethod::Metered, BillingMethod::TwoPart] {
        let metered = Household { billing_method: method, ..household("90") };
        assert_eq!(refused(&metered, &tariff("25")), CannotBill::BillingMethodNotYetSupported(method));
    }
    assert_eq!(
        CannotBill::BillingMethodNotYetSupported(BillingMethod::Metered).to_string(),
        "结算方式「计量」暂不支持出账"
    );
}

#[test]
fn a_household_without_what_the_tariff_needs_gets_no_bill() {
    let shop = Household { use_category: UseCategory::NonResidential, ..household("90") };
    assert_eq!(refused(&shop, &tariff("25")), CannotBill::NoRate(UseCategory::NonResidential));
    let measured = Household { areas: Areas { usable: Some(area("80")), ..Areas::default() }, ..household("90") };
    assert_eq!(refused(&measured, &tariff("25")), CannotBill::NoArea(AreaBasis::Gross));
    let cellar = PartialArea { kind: "cellar".to_owned(), area: area("9") };
    let with_cellar = Household { partial_areas: vec![cellar], ..household("90") };
    assert_eq!(refused(&with_cellar, &tariff("25")), CannotBill::NoPartialFactor("cellar".to_owned()));
}

#[test]
fn a_tariff_of_another_season_or_class_is_not_used() {
    let commercial = Household { tariff_class: "commercial".to_owned(), ..household("90") };
    assert!(matches!(refused(&commercial, &tariff("25")), CannotBill::OtherTariff { .. }));
    let last_year = compute_bill(&household("90"), &tariff("25"), Season(2025), date(2025, 10, 15));
    assert!(matches!(last_year, Err(CannotBill::OtherTariff { .. })));
}

#[test]
fn a_storey_over_the_limit_is_priced_by_hand() {
    let height = |text| Height::parse(text).unwrap();
    let surcharge = HeightSurcharge {
        threshold: height("3.5"),
        step: height("0.3"),
        percent: percent("10"),
        manual_above: Some(height("6")),
    };
    let tariff = Tariff { height_surcharge: Some(surcharge), ..tariff("25") };
    let hall = Household { storey_height: Some(height("6.001")), ..household("90") };
    assert_eq!(refused(&hall, &tariff), CannotBill::PriceByHand(height("6.001")));
}

#[test]
fn a_household_heated_on_no_day_of_the_season_gets_no_bill() {
    let late = Household { supply_from: Some(date(2027, 3, 16)), ..household("90") };
    assert_eq!(refused(&late, &tariff("25")), CannotBill::NoHeatedDay);
}

#[test]
fn the_late_fee_of_a_bill_begins_as_the_tariff_says() {
    let rule = LateFeeTariff {
        from: LateFeeFrom::DaysAfterDue(1),
        daily_percent: percent("0.1"),
        cap_percent: Some(percent("20")),
        stops_on_cutoff: true,
    };
    let tariff = Tariff { late_fee: Some(rule), ..tariff("25") };
    let issued = |household: &Household| {
        compute_bill(household, &tariff, Season(2026), date(2026, 10, 15)).unwrap().issue().unwrap()
    };
    let bill = issued(&household("89.52"));
    assert_eq!(bill.late_fee.as_ref().unwrap().from, date(2027, 1, 1));
    assert_eq!(late_fee(&bill, date(2027, 1, 10)), Fen(2238));
    let cut = issued(&Household { supply_until: Some(date(2027, 1, 5)), ..household("89.52") });
    assert_eq!(cut.late_fee.unwrap().stopped_on, Some(date(2027, 1, 5)));
}

#[test]
fn prior_arrears_keep_their_seasons_due_date_and_late_fee() {
    let rule = LateFeeTariff {
        from: LateFeeFrom::Date(date(2025, 1, 1)),
        daily_percent: percent("0.1"),
        cap_percent: None,
        stops_on_cutoff: false,
    };
    let of_2024 = Tariff { season: Season(2024), due_on: date(2024, 12, 31), late_fee: Some(rule), ..tariff("24") };
    let arrears = PriorArrears { season: Season(2024), amount: Fen(251_232) };
    let today = date(2026, 10, 15);
    let bill = prior_arrears_bill(&household("104.68"), arrears, Some(&of_2024), today);
    assert_eq!((bill.kind, bill.total, bill.due_on), (BillKind::PriorArrears, Fen(251_232), date(2024, 12, 31)));
    assert_eq!(bill.lines[0].explanation, "原收费系统结转 2024-2025 采暖季欠费 2512.32 元");
    assert!(late_fee(&bill.issue().unwrap(), today).is_positive());
    let unknown = prior_arrears_bill(&household("104.68"), arrears, None, today);
    assert_eq!((unknown.due_on, unknown.late_fee), (today, None));
}

#[test]
fn quantities_are_read_as_decimals_and_written_back_the_same() {
    assert_eq!(Area::parse("89.52").unwrap().units(), 89_520);
    assert_eq!(Area::parse("89.5").unwrap().to_string(), "89.50");
    assert_eq!(Area::parse("89.525").unwrap().to_string(), "89.525");
    assert_eq!(Rate::parse("0.1875").unwrap().to_string(), "0.1875");
    assert_eq!(Height::parse("3").unwrap().to_string(), "3.0");
    assert_eq!((Percent::parse("0.1").unwrap().ppm(), percent("30").to_string()), (1000, "30".to_owned()));
    assert_eq!(Area::parse("1.2345"), Err(InvalidQuantity::TooPrecise { what: "面积", places: 3 }));
    assert_eq!(Area::parse("-1").unwrap_err().to_string(), "面积应为数字，如 89.52");
    assert_eq!(Area::parse("10000000.001").unwrap_err().to_string(), "面积超出范围，最大 10000000.00");
    assert!(Area::parse("99999999999999999999").is_err());
}

prop_compose! {
    fn any_household()(
        mm2 in 1_i64..=Area::LIMIT.units(), loft in prop::option::of(1_i64..=Area::LIMIT.units()),
        height in prop::option::of(1_i64..=Height::LIMIT.units()), status in prop::sample::select(SupplyStatus::ALL),
        from in prop::option::of(-30_i64..150), low_income in any::<bool>(),
    ) -> Household {
        let size = |units: i64| area(&format!("{}.{:03}", units / 1000, units % 1000));
        let parts = loft.map(|units| PartialArea { kind: "loft".to_owned(), area: size(units) });
        Household {
            areas: Areas { gross: Some(size(mm2)), ..Areas::default() },
            partial_areas: parts.into_iter().collect(),
            storey_height: height.map(|mm| Height::parse(&format!("{}.{:03}", mm / 1000, mm % 1000)).unwrap()),
            supply_status: status,
            supply_from: from.map(|days| date(2026, 11, 15).saturating_add(days.days())),
            low_income_certificate: low_income.then(|| "DB1".to_owned()),
            ..household("1")
        }
    }
}

prop_compose! {
    fn any_tariff()(
        rate in 0_i64..=Rate::LIMIT.units(), per in 0_usize..3, months in 1_u16..=12, standby in 0_i64..=1_000_000,
        share in 0_i64..=1_000_000, factor in 0_i64..=Percent::LIMIT.units(), step in 1_i64..1000,
    ) -> Tariff {
        let ppm = |units: i64| percent(&format!("{}.{:04}", units / 10_000, units % 10_000));
        let mm = |units: i64| Height::parse(&format!("{}.{:03}", units / 1000, units % 1000)).unwrap();
        Tariff {
            price_period: [PricePeriod::Season, PricePeriod::Month { months }, PricePeriod::Day][per],
            standby_percent: ppm(standby),
            low_income: Some(SecondPayer { title: "市财政".to_owned(), area_up_to: area("45"), resident_percent: ppm(share) }),
            height_surcharge: Some(HeightSurcharge {
                threshold: mm(3500), step: mm(step), percent: ppm(factor), manual_above: None,
            }),
            partial_areas: vec![heatpay_domain::tariff::PartialFactor {
                kind: "loft".to_owned(), title: "阁楼".to_owned(), percent: ppm(factor),
            }],
            ..tariff(&format!("{}.{:04}", rate / 10_000, rate % 10_000))
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn at_any_limit_a_bill_is_the_sum_of_its_lines_or_is_refused(household in any_household(), tariff in any_tariff()) {
        match compute_bill(&household, &tariff, Season(2026), date(2026, 10, 15)) {
            Ok(bill) => {
                prop_assert_eq!(Fen::sum(bill.lines.iter().map(|line| line.amount)), Some(bill.total));
                prop_assert!(Fen::ZERO <= bill.total && bill.total <= Fen::BILL_LIMIT);
                prop_assert!(Fen::ZERO <= bill.subsidy);
                prop_assert!(bill.lines.iter().all(|line| line.explanation.ends_with("元") || line.explanation.ends_with('）')));
            }
            Err(refused) => prop_assert!(matches!(refused, CannotBill::TooLarge | CannotBill::NoHeatedDay), "{refused}"),
        }
    }

    #[test]
    fn an_area_fee_is_the_exact_product_to_half_a_fen(units in 1_i64..=2_000_000, rate in 0_i64..=1_000_000) {
        let size = format!("{}.{:03}", units / 1000, units % 1000);
        let bill = compute_bill(
            &household(&size), &tariff(&format!("{}.{:04}", rate / 10_000, rate % 10_000)), Season(2026), date(2026, 10, 15),
        ).unwrap();
        // In hundred-thousandths of a fen.
        let exact = i128::from(units) * i128::from(rate);
        let off = i128::from(bill.total.0) * 100_000 - exact;
        prop_assert!(-50_000 < off && off <= 50_000, "{off}");
    }
}
