//! A role allows what its function is told of, and no more. Whether the code uses every permission it has is seen where the
//! flows run.

use crate::{expect_none, template};
use heatpay_local::template::{Function, Grant, Template};
use std::collections::BTreeSet;

/// The resources a function's settings name, as its grants would name them.
fn told(template: &Template, function: &Function) -> BTreeSet<(String, String)> {
    let grant = |service: &str, resource: &str| {
        Grant::of_call(service, &format!("Any {resource}")).map(|grant| (grant.service, grant.resource))
    };
    let given = |id: &str| function.settings.values().any(|value| value == id);
    let tables =
        template.tables.iter().filter(|table| given(&table.name)).filter_map(|table| grant("dynamodb", &table.name));
    let queues = template.queues.iter().filter(|queue| given(&queue.url)).filter_map(|queue| grant("sqs", &queue.url));
    let topics = template.topics.iter().filter(|topic| given(&topic.arn)).filter_map(|topic| grant("sns", &topic.arn));
    let buckets =
        template.buckets.iter().filter(|bucket| given(&bucket.name)).filter_map(|bucket| grant("s3", &bucket.name));
    let secrets = template
        .secrets
        .iter()
        .filter(|secret| given(&secret.id))
        .filter_map(|secret| grant("secretsmanager", &secret.id));
    tables.chain(queues).chain(topics).chain(buckets).chain(secrets).collect()
}

/// The resources a function's role is about, its own queue aside.
fn allowed(function: &Function) -> BTreeSet<(String, String)> {
    function
        .grants
        .iter()
        .filter(|grant| !grant.is_for_the_queues_poller())
        .map(|grant| {
            // An index belongs to its table.
            let resource = grant.resource.split("/index/").next().unwrap_or_default();
            (grant.service.clone(), resource.to_owned())
        })
        .collect()
}

#[test]
fn a_function_is_told_of_exactly_what_it_may_touch() {
    let template = template();
    let mut wrong = Vec::new();
    for function in &template.functions {
        let (told, allowed) = (told(&template, function), allowed(function));
        let name = &function.name;
        wrong.extend(
            told.difference(&allowed).map(|(_, r)| format!("{name}: is told of {r}, but its role does not allow it")),
        );
        wrong.extend(
            allowed.difference(&told).map(|(_, r)| format!("{name}: its role allows {r}, but no setting names it")),
        );
    }
    expect_none(wrong);
}

#[test]
fn a_role_takes_messages_from_its_own_queue_alone() {
    let template = template();
    let mut wrong = Vec::new();
    for function in &template.functions {
        let own =
            function.source.as_ref().and_then(|source| template.queue(&source.queue)).map(|queue| queue.name.as_str());
        let taken: Vec<_> = function.grants.iter().filter(|grant| grant.is_for_the_queues_poller()).collect();
        wrong.extend(
            taken
                .iter()
                .filter(|grant| Some(grant.resource.as_str()) != own)
                .map(|grant| format!("{}: {grant}", function.name)),
        );
        if own.is_some() && taken.len() != 3 {
            wrong.push(format!("{}: cannot take messages from its queue", function.name));
        }
    }
    expect_none(wrong);
}

#[test]
fn no_role_has_a_wildcard_for_a_verb_and_only_the_audit_of_the_books_scans_tables() {
    let template = template();
    let grants = template.functions.iter().flat_map(|f| f.grants.iter().map(move |grant| (&f.name, grant)));
    let wide = grants.filter(|(name, grant)| {
        let scans = grant.action == "Scan" && *name != "books-audit";
        grant.action.contains('*') || scans || grant.resource.contains('*')
    });
    expect_none(wide.map(|(name, grant)| format!("{name}: {grant}")).collect());
}

#[test]
fn an_index_that_a_role_names_exists() {
    let template = template();
    let grants = template.functions.iter().flat_map(|f| f.grants.iter().map(move |grant| (&f.name, grant)));
    let wrong = grants.filter_map(|(name, grant)| {
        let (table, index) = grant.resource.split_once("/index/")?;
        let table = template.tables.iter().find(|t| t.name == table)?;
        (!table.indexes.iter().any(|i| i.name == index)).then(|| format!("{name}: {grant}"))
    });
    expect_none(wrong.collect());
}
