//! How every history begins: two households in a winter, one with old debts, what their bills posted, a third that owes nothing, and
//! the staff on duty.

use crate::{
    actors::staff::PEOPLE,
    handlers,
    tables::Item,
    town::{State, Town},
    world::ready,
};
use heatpay_domain::{
    AccountNo, BillNo, Fen, Season,
    bill::{Bill, BillKind, BillStatus, EarlyDiscount, LateFeeRule},
    household::{Areas, BillingMethod, Household, SupplyStatus, UseCategory, import::ImportedHousehold},
    ledger::issue_bill,
};
use heatpay_runtime::BootError;
use heatpay_store::{
    billing::{NewBill, NewBills},
    households::Households,
};
use jiff::{Timestamp, civil::date};
use serde_json::{Value, json};

/// 2026-11-23 at noon in China, an hour that no discount or late fee ends in.
pub const MOMENT: Timestamp = Timestamp::constant(1_795_406_400, 0);

/// The households; the third owes nothing.
pub const ACCOUNTS: [&str; 3] = ["1000000001", "1000000002", AHEAD];

/// The household that pays ahead.
pub const AHEAD: &str = "1000000003";

/// The branch of all of them.
pub const BRANCH: &str = "East";

/// Writes households and bills as their import and `bill-generate` do, signs the staff in, and answers the world as it then stands.
pub fn of(town: &Town) -> Result<State, BootError> {
    let unusable = |source| BootError::Unusable { what: "the beginning", source };
    let context = handlers::context(town)?;
    let bills = NewBills::of(&context)?;
    let made = [bill(0, 2025, 40_000), bill(0, 2026, 223_800), bill(1, 2026, 180_001)]
        .into_iter()
        .collect::<Result<Vec<Bill>, _>>()
        .map_err(|error| unusable(Box::new(error)))?;
    let made: Vec<_> =
        made.into_iter().map(|bill| NewBill { postings: issue_bill(&bill, MOMENT), bill, remind_on: None }).collect();
    ready(bills.write(&made)).map_err(|error| unusable(Box::new(error)))?;
    let import = ready(Households::of_import(&context))?;
    for account_no in ACCOUNTS {
        let household = household(account_no).map_err(|error| unusable(Box::new(error)))?;
        let row = ImportedHousehold { line: 2, household, prior_arrears: Vec::new() };
        ready(import.import(town, &row)).map_err(|error| unusable(Box::new(error)))?;
    }
    let mut state = town.state();
    sign_in(&mut state);
    Ok(state.clone())
}

fn household(account_no: &str) -> Result<Household, heatpay_domain::ids::InvalidNumber> {
    Ok(Household {
        account_no: AccountNo::parse(account_no)?,
        holder: "a holder".to_owned(),
        id_no: None,
        phone: None,
        company: None,
        tax_no: None,
        branch: BRANCH.to_owned(),
        substation: "1".to_owned(),
        community: "Garden".to_owned(),
        building: "1".to_owned(),
        unit: None,
        floor: None,
        room: "101".to_owned(),
        areas: Areas::default(),
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
    })
}

/// Everybody is signed in for the whole history.
fn sign_in(state: &mut State) {
    let far = MOMENT.as_second() + 90 * 24 * 3600;
    for (staff_no, roles) in PEOPLE {
        let member = json!({ "kind": "member", "id": staff_no, "staff_no": staff_no, "login_name": "person",
            "name": "a person", "roles": roles, "branches": "all", "status": "active", "generation": 1,
            "created_at": MOMENT, "version": 1 });
        let session = json!({ "key": format!("staff-session#{staff_no}"), "staff_no": staff_no, "generation": 1,
            "ends_at": far, "expires_at": far });
        for (table, item) in [("staff", member), ("sessions", session)] {
            let put = json!({ "TableName": table, "Item": item_of(&item) });
            if let Err(refusal) = state.tables.call("PutItem", &put) {
                state.wrong(format!("{staff_no} cannot sign in: {}", refusal.body));
            }
        }
    }
}

/// An item of plain JSON; all that it needs to know are texts, numbers and lists.
fn item_of(value: &Value) -> Item {
    let members = value.as_object().into_iter().flatten();
    members.map(|(name, value)| (name.clone(), attribute_of(value))).collect()
}

fn attribute_of(value: &Value) -> Value {
    match value {
        Value::String(text) => json!({ "S": text }),
        Value::Number(number) => json!({ "N": number.to_string() }),
        Value::Array(list) => json!({ "L": list.iter().map(attribute_of).collect::<Vec<_>>() }),
        Value::Object(_) => json!({ "M": item_of(value) }),
        Value::Bool(yes) => json!({ "BOOL": yes }),
        Value::Null => json!({ "NULL": true }),
    }
}

/// A bill; an old one costs a late fee, the new ones have a discount until the end of the month.
pub fn bill(household: usize, season: i16, fen: i64) -> Result<Bill, heatpay_domain::ids::InvalidNumber> {
    let account_no = AccountNo::parse(ACCOUNTS[household])?;
    let season = Season(season);
    let old = season.0 < 2026;
    let late = LateFeeRule { from: date(2026, 1, 1), daily_ppm: 1000, cap_ppm: Some(200_000), stopped_on: None };
    Ok(Bill {
        bill_no: BillNo::of(season, BillKind::Season, &account_no),
        account_no,
        season,
        kind: BillKind::Season,
        use_category: UseCategory::Residential,
        status: BillStatus::Issued,
        lines: Vec::new(),
        total: Fen(fen),
        subsidy: Fen::ZERO,
        paid: Fen::ZERO,
        paid_late_fee: Fen::ZERO,
        issued_on: date(season.0, 10, 15),
        due_on: date(season.0, 12, 31),
        late_fee: old.then_some(late),
        discount: (!old).then_some(EarlyDiscount { until: date(2026, 11, 30), ppm: 10_000 }),
        open_payment: None,
        version: 1,
    })
}
