//! The environment variables the code asks for and those the template gives.

use crate::{expect_none, template};
use heatpay_domain::{invoice::TaxPolicy, reminder::ReminderPlan};
use heatpay_tests::repository;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;

/// What stands before the name of a setting where code asks for one.
const ASKING: [&str; 6] = ["required(", "optional(", "parsed_or(", "secret(", "of(&context, ", "of(context, "];

/// Names of settings that a file asks for, tests aside.
fn names_in(text: &str) -> BTreeSet<String> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let asked = |asking: &str| -> Vec<String> {
        let rests = code.split(&format!("{asking}\"")).skip(1).collect::<Vec<_>>();
        rests.into_iter().filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
    };
    ASKING.iter().flat_map(|asking| asked(asking)).collect()
}

fn names_below(folder: &str) -> BTreeSet<String> {
    let files = repository::files("rs").into_iter().filter(|path| path.starts_with(folder));
    files.flat_map(|path| names_in(&repository::read(path))).collect()
}

#[test]
fn a_setting_that_a_function_names_is_given_to_it() {
    let template = template();
    let mut wrong = Vec::new();
    for function in &template.functions {
        for name in names_below(&format!("{}/src", function.folder)) {
            if !function.settings.contains_key(&name) {
                wrong.push(format!("{}: asks for {name}, which the template does not give it", function.name));
            }
        }
    }
    expect_none(wrong);
}

#[test]
fn a_setting_that_is_given_is_read_by_some_code() {
    let template = template();
    let text: String = repository::files("rs")
        .iter()
        .filter(|path| path.starts_with("functions") || path.starts_with("shared"))
        .map(repository::read)
        .collect();
    let given: BTreeSet<_> = template.functions.iter().flat_map(|function| function.settings.keys()).collect();
    let unread = given.into_iter().filter(|name| !text.contains(&format!("\"{name}\"")));
    expect_none(unread.map(|name| format!("no code reads {name}")).collect());
}

/// Every function that has the setting can read it.
fn expect_readable<T: DeserializeOwned>(setting: &str) {
    let template = template();
    let given: Vec<_> = template.functions.iter().filter_map(|f| Some((&f.name, f.settings.get(setting)?))).collect();
    assert!(!given.is_empty(), "{setting} is given to nobody");
    let wrong = given.iter().filter_map(|(name, text)| Some((name, serde_json::from_str::<T>(text).err()?)));
    expect_none(wrong.map(|(name, error)| format!("{name}: {setting}: {error}")).collect());
}

#[test]
fn the_tax_policy_in_the_template_is_one() {
    expect_readable::<TaxPolicy>("TAX_POLICY");
}

#[test]
fn the_reminder_plan_in_the_template_is_one() {
    expect_readable::<ReminderPlan>("REMINDER_PLAN");
}
