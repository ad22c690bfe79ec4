use crate::given::{area, household, percent, tariff};
use heatpay_domain::{
    Fen, Season,
    bill::{Bill, BillStatus},
    household::{Areas, Household, PartialArea, SupplyStatus, UseCategory},
    measure::{Height, Rate},
    tariff::{AreaBasis, HeightSurcharge, PartialFactor, PricePeriod, SecondPayer, Tariff, compute_bill},
};
use jiff::civil::date;

fn computed(household: &Household, tariff: &Tariff) -> Bill {
    compute_bill(household, tariff, tariff.season, date(2026, 10, 15)).unwrap()
}

fn amounts(bill: &Bill) -> Vec<(&str, i64)> {
    bill.lines.iter().map(|line| (line.rule.as_str(), line.amount.0)).collect()
}

#[test]
fn a_flat_of_89_52_m2_in_tianjin_owes_2238_00() {
    let bill = computed(&household("89.52"), &tariff("25.00"));
    assert_eq!(bill.total.yuan(), "2238.00");
    assert_eq!((bill.status, bill.season, bill.due_on), (BillStatus::Draft, Season(2026), date(2026, 12, 31)));
    let [line] = bill.lines.as_slice() else { panic!("{:?}", bill.lines) };
    assert_eq!(line.title, "居民热费（建筑面积）");
    assert_eq!(line.explanation, "89.52 m² × 25.00 元/m² = 2238.00 元");
}

#[test]
fn a_line_is_rounded_once_half_up_and_says_so() {
    // 67.13 × 38.32 = 2572.4216; 0.5 × 0.01 = 0.005
    let harbin = computed(&household("67.13"), &tariff("38.32"));
    assert_eq!(harbin.lines[0].explanation, "67.13 m² × 38.32 元/m² = 2572.42 元（四舍五入到分）");
    assert_eq!(computed(&household("0.5"), &tariff("0.01")).total, Fen(1));
}

#[test]
fn the_tariff_says_which_area_is_priced() {
    let mut tariff = tariff("26.7");
    tariff.rates[0].area_basis = AreaBasis::NetInternal;
    let areas = Areas { gross: Some(area("100")), net_internal: Some(area("82.15")), ..Areas::default() };
    let bill = computed(&Household { areas, ..household("100") }, &tariff);
    assert_eq!(bill.total.yuan(), "2193.41");
    assert_eq!(bill.lines[0].title, "居民热费（套内建筑面积）");
}

#[test]
fn a_price_per_day_counts_the_statutory_days() {
    let zhengzhou = Tariff { price_period: PricePeriod::Day, ..tariff("0.19") };
    let bill = computed(&household("90"), &zhengzhou);
    assert_eq!(bill.lines[0].explanation, "90.00 m² × 0.19 元/m²·天 × 121 天 = 2069.10 元");
}

#[test]
fn a_price_per_month_counts_the_months() {
    let xian = Tariff { price_period: PricePeriod::Month { months: 4 }, ..tariff("5.8") };
    let bill = computed(&household("90"), &xian);
    assert_eq!(bill.lines[0].explanation, "90.00 m² × 5.80 元/m²·月 × 4 个月 = 2088.00 元");
}

#[test]
fn a_household_heated_for_a_part_of_the_season_pays_by_the_day() {
    let late =
        Household { supply_status: SupplyStatus::Partial, supply_from: Some(date(2026, 12, 8)), ..household("89.52") };
    let bill = computed(&late, &tariff("25.00"));
    assert_eq!(bill.lines[0].explanation, "89.52 m² × 25.00 元/m² × 98 ÷ 121 = 1812.60 元（四舍五入到分）");
    assert_eq!(bill.lines[0].factors, ["供热 98 天 ÷ 采暖期 121 天"]);
    let per_day = Tariff { price_period: PricePeriod::Day, ..tariff("0.19") };
    assert_eq!(computed(&late, &per_day).lines[0].factors, ["98 天"]);
}

#[test]
fn heat_outside_the_statutory_season_is_not_charged() {
    let early =
        Household { supply_from: Some(date(2026, 11, 1)), supply_until: Some(date(2027, 4, 1)), ..household("89.52") };
    assert_eq!(computed(&early, &tariff("25.00")).total.yuan(), "2238.00");
}

#[test]
fn a_household_on_standby_pays_the_standby_share() {
    let stopped = Household { supply_status: SupplyStatus::Stopped, ..household("89.52") };
    let bill = computed(&stopped, &tariff("25.00"));
    assert_eq!(amounts(&bill), [("standby", 67_140)]);
    assert_eq!(bill.lines[0].explanation, "89.52 m² × 25.00 元/m² × 30 % = 671.40 元");
    let free = Tariff { standby_percent: percent("0"), ..tariff("25.00") };
    assert_eq!(computed(&stopped, &free).total, Fen::ZERO);
}

/// Shenyang: over 3.5 m, 10 % per started 0.3 m, over 6 m by hand.
fn shenyang() -> Tariff {
    let height = |text| Height::parse(text).unwrap();
    let surcharge = HeightSurcharge {
        threshold: height("3.5"),
        step: height("0.3"),
        percent: percent("10"),
        manual_above: Some(height("6")),
    };
    let mut tariff = Tariff { height_surcharge: Some(surcharge), ..tariff("32") };
    tariff.rates[0].use_category = UseCategory::NonResidential;
    tariff
}

#[test]
fn a_high_storey_pays_for_every_started_step() {
    for (height, steps) in [("3.5", 0), ("3.51", 1), ("3.8", 1), ("3.801", 2), ("6.0", 9)] {
        let shop = Household {
            storey_height: Height::parse(height).ok(),
            use_category: UseCategory::NonResidential,
            ..household("100")
        };
        let bill = computed(&shop, &shenyang());
        assert_eq!(bill.total, Fen(320_000 + 32_000 * steps), "{height} m");
    }
    let shop = Household {
        storey_height: Height::parse("4.2").ok(),
        use_category: UseCategory::NonResidential,
        ..household("100")
    };
    let bill = computed(&shop, &shenyang());
    assert_eq!(bill.lines[1].factors, ["3 档 × 10 %（层高 4.2 m，超过 3.5 m，每 0.3 m 加 10 %）"]);
    assert_eq!(bill.lines[1].explanation, "100.00 m² × 32.00 元/m² × 3 × 10 % = 960.00 元");
}

#[test]
fn lofts_are_lines_of_their_own_with_their_factor() {
    let factor = |kind: &str, title: &str, share: &str| PartialFactor {
        kind: kind.to_owned(),
        title: title.to_owned(),
        percent: percent(share),
    };
    let lofts =
        vec![factor("loft_with_radiator", "阁楼（有散热器）", "70"), factor("loft_without_radiator", "阁楼", "50")];
    let tariff = Tariff { partial_areas: lofts, ..tariff("25") };
    let part = |kind: &str, size: &str| PartialArea { kind: kind.to_owned(), area: area(size) };
    let parts = vec![part("loft_without_radiator", "18.65"), part("loft_with_radiator", "32.4")];
    let bill = computed(&Household { partial_areas: parts, ..household("123.5") }, &tariff);
    assert_eq!(amounts(&bill), [("area_fee", 308_750), ("partial_area", 23_313), ("partial_area", 56_700)]);
    assert_eq!(bill.lines[1].explanation, "18.65 m² × 25.00 元/m² × 50 % = 233.13 元（四舍五入到分）");
    assert_eq!(bill.total, Fen(388_763));
}

/// Taiyuan: up to 45 m² the resident pays 15 %, finance 85 %.
fn taiyuan() -> Tariff {
    let payer = SecondPayer { title: "市财政".to_owned(), area_up_to: area("45"), resident_percent: percent("15") };
    Tariff { low_income: Some(payer), ..tariff("25") }
}

fn low_income(gross: &str) -> Household {
    Household { low_income_certificate: Some("DB1".to_owned()), ..household(gross) }
}

#[test]
fn of_a_low_income_household_a_second_payer_owes_the_most_of_the_first_45_m2() {
    let bill = computed(&low_income("62.30"), &taiyuan());
    // 62.30 × 25 = 1557.50; 45 × 25 × 85 % = 956.25
    assert_eq!(amounts(&bill), [("area_fee", 155_750), ("second_payer", -95_625)]);
    assert_eq!((bill.total, bill.subsidy), (Fen(60_125), Fen(95_625)));
    assert_eq!(bill.lines[1].explanation, "−45.00 m² × 25.00 元/m² × 85 % = −956.25 元");
    assert_eq!(bill.lines[1].factors, ["85 %（市财政承担，居民承担 15 %，不超过 45.00 m²）"]);
}

#[test]
fn a_small_low_income_flat_pays_15_percent_of_all() {
    let bill = computed(&low_income("40"), &taiyuan());
    assert_eq!((bill.total, bill.subsidy), (Fen(15_000), Fen(85_000)));
    assert_eq!(computed(&household("40"), &taiyuan()).subsidy, Fen::ZERO, "only with a certificate");
}

#[test]
fn the_company_is_owed_the_same_whoever_pays() {
    for size in ["40", "45", "45.01", "77.77"] {
        let with = computed(&low_income(size), &taiyuan());
        assert_eq!(with.total.0 + with.subsidy.0, computed(&household(size), &taiyuan()).total.0, "{size}");
    }
}

#[test]
fn a_price_may_have_four_decimals() {
    let mut tariff = tariff("0");
    tariff.rates[0].rate = Rate::parse("0.1875").unwrap();
    assert_eq!(computed(&household("80"), &tariff).total, Fen(1500));
}
