//! Every function is a folder, a resource, a row of the table and a sample event.

use crate::{expect_none, template};
use heatpay_local::template::{Expression, Function, Grant};
use heatpay_tests::repository;
use std::collections::BTreeSet;

const TABLE: &str = "functions/README.md";

#[test]
fn folders_and_template_name_the_same_functions() {
    let template = template();
    let resources: BTreeSet<_> = template.functions.iter().map(|function| function.folder.clone()).collect();
    let folders: BTreeSet<_> =
        repository::folders("functions").iter().map(|name| format!("functions/{name}")).collect();
    assert_eq!(resources, folders);
}

#[test]
fn a_function_is_a_library_with_a_main_of_at_most_twenty_lines() {
    let template = template();
    expect_none(
        template
            .functions
            .iter()
            .flat_map(|function| {
                let main = repository::read(format!("{}/src/main.rs", function.folder)).lines().count();
                let library = repository::root().join(&function.folder).join("src/lib.rs").exists();
                let long = (main > 20).then(|| format!("{}: main.rs has {main} lines", function.folder));
                long.into_iter().chain((!library).then(|| format!("{}: no lib.rs", function.folder)))
            })
            .collect(),
    );
}

#[test]
fn a_function_is_called_by_something() {
    let uncalled = |f: &&Function| f.routes.is_empty() && f.source.is_none() && f.schedules.is_empty();
    expect_none(
        template().functions.iter().filter(uncalled).map(|f| format!("{}: nothing calls it", f.name)).collect(),
    );
}

#[test]
fn a_route_has_one_function() {
    let template = template();
    let mut seen = BTreeSet::new();
    let routes = template.functions.iter().flat_map(|function| &function.routes);
    expect_none(routes.filter(|route| !seen.insert(*route)).map(|route| format!("{route:?} stands twice")).collect());
}

#[test]
fn every_function_has_a_sample_event_of_its_kind() {
    let template = template();
    let wrong = template.functions.iter().filter_map(|function| {
        let path = format!("events/{}.json", function.name);
        let event: serde_json::Value = match serde_json::from_str(&repository::read(&path)) {
            Ok(event) => event,
            Err(error) => return Some(format!("{path}: {error}")),
        };
        let fits = if function.source.is_some() {
            event["Records"].as_array().is_some_and(|records| {
                !records.is_empty()
                    && records.iter().all(|record| record["messageId"].is_string() && record["body"].is_string())
            })
        } else if let Some(key) = event["routeKey"].as_str() {
            function.routes.iter().any(|route| format!("{} {}", route.method, route.path) == key)
        } else {
            !function.schedules.is_empty() && event["detail-type"] == "Scheduled Event"
        };
        (!fits).then(|| format!("{path}: not an event that calls {}", function.name))
    });
    expect_none(wrong.collect());
}

/// The row a function must have, `does` aside: what calls it, what it may read, write and emit.
fn row(function: &Function) -> String {
    let tables = |verbs: &[&str]| {
        let used = function
            .grants
            .iter()
            .filter(|grant| grant.service == "dynamodb" && verbs.contains(&grant.action.as_str()));
        let names: BTreeSet<_> = used.map(|grant| grant.resource.split('/').next().unwrap_or_default()).collect();
        listed(names)
    };
    let mut emits: BTreeSet<String> = BTreeSet::new();
    for Grant { service, action, resource } in &function.grants {
        match (service.as_str(), action.as_str()) {
            ("sqs", "SendMessage") => emits.insert(format!("{resource} queue")),
            ("sns", "Publish") => emits.insert(format!("{resource} topic")),
            ("s3", "PutObject") => emits.insert(format!("{resource} bucket")),
            _ => false,
        };
    }
    format!(
        "| {} | {} | {} | {} |",
        trigger(function),
        tables(&["GetItem", "BatchGetItem", "Query", "Scan", "ConditionCheckItem"]),
        tables(&["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"]),
        listed(emits.iter().map(String::as_str).collect()),
    )
}

fn trigger(function: &Function) -> String {
    let mut triggers = Vec::new();
    if !function.routes.is_empty() {
        triggers.push("HTTP".to_owned());
    }
    if let Some(source) = &function.source {
        triggers.push(format!("{} queue", heatpay_local::template::OneMachine::name(&source.queue)));
    }
    for schedule in &function.schedules {
        triggers.push(match &schedule.when {
            Expression::Every(span) => format!("every {} minutes", span.as_secs() / 60),
            Expression::Cron(fields) => format!("cron {fields}"),
        });
    }
    triggers.join(", ")
}

fn listed(names: BTreeSet<&str>) -> String {
    if names.is_empty() { "–".to_owned() } else { names.into_iter().collect::<Vec<_>>().join(", ") }
}

#[test]
fn the_table_of_functions_says_what_the_template_says() {
    let template = template();
    let table = repository::read(TABLE);
    // | name | does | trigger | reads | writes | emits |
    let rows: Vec<(&str, &str)> = table
        .lines()
        .filter_map(|line| line.strip_prefix("| ["))
        .filter_map(|line| Some((line.split_once(']')?.0, line)))
        .collect();
    let named: Vec<&str> = rows.iter().map(|(name, _)| *name).collect();
    let mut wrong: Vec<String> = named
        .iter()
        .filter(|name| template.function(name).is_none())
        .map(|name| format!("{TABLE}: {name} is not in the template"))
        .collect();
    for function in &template.functions {
        let expected = row(function);
        match rows.iter().find(|(name, _)| *name == function.name) {
            Some((_, line)) if line.ends_with(&expected) => {}
            Some(_) => wrong.push(format!("{TABLE}: the row of {} must end: {expected}", function.name)),
            None => wrong.push(format!("{TABLE}: no row for {}; it must end: {expected}", function.name)),
        }
    }
    expect_none(wrong);
}
