//! One page of the roster: its tariffs, its bills.

use crate::BillingSlice;
use heatpay_domain::{
    Season,
    bill::{Bill, BillStatus},
    calendar::civil_date,
    ledger::issue_bill,
    reminder::ReminderPlan,
    tariff::{Tariff, compute_bill, prior_arrears_bill},
};
use heatpay_runtime::StepError;
use heatpay_store::{billing::NewBill, households::RosterRow, tariffs::Tariffs};
use std::collections::{BTreeMap, BTreeSet};

/// What a page came to.
pub(crate) struct Made {
    /// The bills to write.
    pub(crate) bills: Vec<NewBill>,
    /// Households that no bill could be computed for.
    pub(crate) refused: u64,
}

/// The tariffs of the season and of the seasons owed for. One Query each.
pub(crate) async fn tariffs_for(
    tariffs: &Tariffs,
    season: Season,
    roster: &[RosterRow],
) -> Result<BTreeMap<Season, Vec<Tariff>>, StepError> {
    let mut seasons = BTreeSet::from([season]);
    seasons.extend(roster.iter().flat_map(|row| row.prior_arrears.iter().map(|owed| owed.season)));
    let mut found = BTreeMap::new();
    for season in seasons {
        found.insert(season, tariffs.of_season(season).await?);
    }
    Ok(found)
}

/// The page's bills: what was owed before, and the season's fee.
pub(crate) fn bills_of(
    roster: &[RosterRow],
    tariffs: &BTreeMap<Season, Vec<Tariff>>,
    slice: &BillingSlice,
    plan: &ReminderPlan,
    now: jiff::Timestamp,
) -> Made {
    let today = civil_date(now);
    let find = |season: Season, class: &str| {
        tariffs.get(&season).and_then(|all| all.iter().find(|tariff| tariff.tariff_class == class))
    };
    let mut made = Made { bills: Vec::with_capacity(roster.len()), refused: 0 };
    for RosterRow { household, prior_arrears, .. } in roster {
        for owed in prior_arrears.iter().filter(|owed| owed.season < slice.season) {
            let tariff = find(owed.season, &household.tariff_class);
            made.bills.push(finish(prior_arrears_bill(household, *owed, tariff, today), slice, plan, now));
        }
        let Some(tariff) = find(slice.season, &household.tariff_class) else {
            made.refused += 1;
            tracing::warn!(account_no = %household.account_no, class = household.tariff_class, "no tariff of this class");
            continue;
        };
        match compute_bill(household, tariff, slice.season, today) {
            Ok(bill) => made.bills.push(finish(bill, slice, plan, now)),
            Err(error) => {
                made.refused += 1;
                tracing::warn!(account_no = %household.account_no, %error, "no bill could be computed");
            }
        }
    }
    made
}

fn finish(draft: Bill, slice: &BillingSlice, plan: &ReminderPlan, now: jiff::Timestamp) -> NewBill {
    if !slice.issue {
        return NewBill { bill: draft, postings: Vec::new(), remind_on: None };
    }
    // A standby share of nothing, or an allowance that covers all: nothing is owed, nobody is reminded.
    let status = if draft.total.is_positive() { BillStatus::Issued } else { BillStatus::Paid };
    let bill = Bill { status, ..draft };
    let today = civil_date(now);
    NewBill { postings: issue_bill(&bill, now), remind_on: plan.next_look(&bill, today, &[]), bill }
}
