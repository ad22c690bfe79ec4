//! What a page names is there.

use crate::expect_none;
use heatpay_tests::repository;
use std::path::Path;

/// The relative addresses a page links to, without their anchors.
fn links(page: &str) -> Vec<String> {
    page.split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .filter(|link| !link.contains("://") && !link.starts_with('#'))
        .map(|link| link.split('#').next().unwrap_or(link).to_owned())
        .collect()
}

#[test]
fn a_link_leads_to_a_file_of_the_repository() {
    let pages = repository::files("md");
    assert!(pages.len() > 10, "the pages are found");
    expect_none(
        pages
            .iter()
            .flat_map(|page| {
                let folder = page.parent().unwrap_or(Path::new("")).to_owned();
                let gone = move |link: &String| !repository::root().join(&folder).join(link).exists();
                links(&repository::read(page))
                    .into_iter()
                    .filter(gone)
                    .map(move |link| format!("{}: {link} is not there", page.display()))
            })
            .collect(),
    );
}

#[test]
fn both_front_pages_have_the_same_commands() {
    let commands = |page: &str| -> Vec<String> {
        let lines = repository::read(page);
        lines
            .lines()
            .filter_map(|line| Some(line.trim().strip_prefix("make ")?.split(' ').next()?.to_owned()))
            .collect()
    };
    let english = commands("README.md");
    assert!(english.contains(&"run".to_owned()), "{english:?}");
    assert_eq!(english, commands("README.zh-CN.md"));
}
