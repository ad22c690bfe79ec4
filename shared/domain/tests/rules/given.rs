//! Households, tariffs, bills and payments to start a sentence with.

use heatpay_domain::{
    AccountNo, BillNo, Channel, Evidence, EvidenceSource, Fen, PaymentNo, ResidentId, Season,
    bill::{Bill, BillKind, BillStatus, EarlyDiscount, LateFeeRule},
    household::{Areas, BillingMethod, Household, SupplyStatus, UseCategory},
    ledger::Posting,
    measure::{Area, Percent, Rate},
    payment::{Payment, PaymentStatus, Scene, allocate, total},
    tariff::{AreaBasis, CategoryRate, PricePeriod, Tariff},
};
use jiff::{
    Timestamp,
    civil::{Date, date},
};

pub(crate) const PAYMENT_NO: &str = "P01JD0000000000000000000001";
pub(crate) const TXN: &str = "4200002026112300000001";
pub(crate) const MERCHANT: &str = "1900000001";

pub(crate) fn account() -> AccountNo {
    AccountNo::parse("1000000001").unwrap()
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The moment the money of [`evidence`] is looked at.
pub(crate) fn now() -> Timestamp {
    at("2026-11-23T02:00:05Z")
}

pub(crate) fn bill_no(season: i16, kind: BillKind) -> BillNo {
    BillNo::of(Season(season), kind, &account())
}

/// An issued bill of so many fen for a season, due on the last day of its first year, without late fee or discount.
pub(crate) fn bill(season: i16, fen: i64) -> Bill {
    Bill {
        bill_no: bill_no(season, BillKind::Season),
        account_no: account(),
        season: Season(season),
        kind: BillKind::Season,
        use_category: UseCategory::Residential,
        status: BillStatus::Issued,
        lines: Vec::new(),
        total: Fen(fen),
        subsidy: Fen::ZERO,
        paid: Fen::ZERO,
        paid_late_fee: Fen::ZERO,
        issued_on: date(season, 10, 15),
        due_on: date(season, 12, 31),
        late_fee: None,
        discount: None,
        open_payment: None,
        version: 3,
    }
}

/// 1 ‰ a day from a date, capped at 20 % of the principal.
pub(crate) fn late_fee_from(from: Date) -> Option<LateFeeRule> {
    Some(LateFeeRule { from, daily_ppm: 1000, cap_ppm: Some(200_000), stopped_on: None })
}

/// 1 % until a date.
pub(crate) fn discount_until(until: Date) -> Option<EarlyDiscount> {
    Some(EarlyDiscount { until, ppm: 10_000 })
}

/// A pending payment of all the bills as asked on a day, and the bills held by it.
pub(crate) fn payment_of(bills: &[Bill], today: Date) -> (Payment, Vec<Bill>) {
    let chosen: Vec<BillNo> = bills.iter().map(|bill| bill.bill_no.clone()).collect();
    let allocations = allocate(bills, &chosen, today).unwrap();
    let payment_no = PaymentNo::parse(PAYMENT_NO).unwrap();
    let held = bills.iter().map(|bill| Bill { open_payment: Some(payment_no.clone()), ..bill.clone() }).collect();
    let payment = Payment {
        payment_no,
        account_no: account(),
        resident_id: Some(ResidentId::parse("U01JD0000000000000000000001").unwrap()),
        counter: None,
        channel: Channel::Wechatpay,
        merchant: MERCHANT.to_owned(),
        scene: Scene::Jsapi,
        openid: Some("oResident".to_owned()),
        status: PaymentStatus::Pending,
        amount: total(&allocations).unwrap(),
        prepaid: Fen::ZERO,
        allocations,
        invoice_title_sealed: None,
        handle: Some("wx23".to_owned()),
        created_at: at("2026-11-23T01:59:00Z"),
        expires_at: at("2026-11-23T02:29:00Z"),
        paid_at: None,
        channel_txn: None,
        asked: 0,
        version: 7,
    };
    (payment, held)
}

/// Each says why it was made: by which payment and receipt, in words.
pub(crate) fn assert_explained(postings: &[Posting]) {
    for posting in postings {
        assert!(posting.payment_no.is_some() && posting.receipt_no.is_some(), "{posting:?}");
        assert!(!posting.memo.is_empty(), "{posting:?}");
    }
}

/// Evidence that so many fen came for [`PAYMENT_NO`].
pub(crate) fn evidence(fen: i64) -> Evidence {
    Evidence {
        channel: Channel::Wechatpay,
        merchant: MERCHANT.to_owned(),
        payment_no: PAYMENT_NO.to_owned(),
        channel_txn: TXN.to_owned(),
        amount: Fen(fen),
        paid_at: at("2026-11-23T02:00:00Z"),
        payer: Some("oResident".to_owned()),
        source: EvidenceSource::Callback,
        raw: "{}".to_owned(),
    }
}

pub(crate) fn area(text: &str) -> Area {
    Area::parse(text).unwrap()
}

pub(crate) fn percent(text: &str) -> Percent {
    Percent::parse(text).unwrap()
}

/// A residential household of so many m² gross.
pub(crate) fn household(gross: &str) -> Household {
    Household {
        account_no: account(),
        holder: "林晓晨".to_owned(),
        id_no: None,
        phone: None,
        company: None,
        tax_no: None,
        branch: "城东分公司".to_owned(),
        substation: "东湖路换热站".to_owned(),
        community: "锦绣花园".to_owned(),
        building: "1号楼".to_owned(),
        unit: Some("1单元".to_owned()),
        floor: Some("5".to_owned()),
        room: "501".to_owned(),
        areas: Areas { gross: Some(area(gross)), ..Areas::default() },
        storey_height: None,
        partial_areas: Vec::new(),
        use_category: UseCategory::Residential,
        tariff_class: "residential".to_owned(),
        billing_method: BillingMethod::Area,
        meter_no: None,
        supply_status: SupplyStatus::Normal,
        supply_from: None,
        supply_until: None,
        contract_no: None,
        low_income_certificate: None,
    }
}

/// Tianjin's price for 2026-2027: so much a square metre of gross area for the season of 121 days from 11-15 to 03-15.
pub(crate) fn tariff(yuan_per_m2: &str) -> Tariff {
    Tariff {
        season: Season(2026),
        tariff_class: "residential".to_owned(),
        title: "居民".to_owned(),
        heating_from: date(2026, 11, 15),
        heating_until: date(2027, 3, 15),
        price_period: PricePeriod::Season,
        rates: vec![CategoryRate {
            use_category: UseCategory::Residential,
            rate: Rate::parse(yuan_per_m2).unwrap(),
            area_basis: AreaBasis::Gross,
        }],
        height_surcharge: None,
        partial_areas: Vec::new(),
        standby_percent: percent("30"),
        low_income: None,
        due_on: date(2026, 12, 31),
        late_fee: None,
        early_discount: None,
        low_temperature: None,
    }
}
