//! Rules of the code that no linter has.

use crate::expect_none;
use heatpay_tests::repository;
use std::path::Path;

/// Every line of Rust with its file and number.
fn lines() -> Vec<(String, usize, String)> {
    let files = repository::files("rs").into_iter();
    files
        .flat_map(|path| {
            let name = path.to_string_lossy().into_owned();
            let text = repository::read(&path);
            text.lines().enumerate().map(|(at, line)| (name.clone(), at + 1, line.to_owned())).collect::<Vec<_>>()
        })
        .collect()
}

fn expect_no_line(why: &str, wrong: impl Fn(&str, &str) -> bool) {
    let found = lines().into_iter().filter(|(file, _, line)| wrong(file, line));
    expect_none(found.map(|(file, at, line)| format!("{file}:{at}: {why}: {}", line.trim())).collect());
}

fn is_in(file: &str, folders: &[&str]) -> bool {
    folders.iter().any(|folder| file.starts_with(folder))
}

/// This file has the words it looks for.
const HERE: &str = "tests/wiring/source.rs";

#[test]
fn only_the_ports_the_suite_and_the_tests_read_the_clock() {
    let clocks = ["Timestamp::now", "SystemTime::now", "Instant::now", "Utc::now", "Zoned::now", "Local::now"];
    expect_no_line("the time is an argument", |file, line| {
        !is_in(file, &["shared/ports/", "local/", "tests/"]) && clocks.iter().any(|clock| line.contains(clock))
    });
}

#[test]
fn only_store_and_runtime_name_an_aws_sdk_in_their_code() {
    expect_no_line("AWS is behind store and runtime", |file, line| {
        let may = is_in(file, &["shared/store/", "shared/runtime/", "tests/"])
            || file.starts_with("local/") && (file.contains("/tests") || file.contains("/examples/"));
        !may && line.contains("aws_sdk_")
    });
}

#[test]
fn a_file_has_at_most_300_lines() {
    let long = repository::files("rs").into_iter().filter_map(|path| {
        let count = repository::read(&path).lines().count();
        (count > 300).then(|| format!("{}: {count} lines", path.display()))
    });
    expect_none(long.collect());
}

#[test]
fn nothing_is_left_for_later() {
    expect_no_line("do it or open an issue", |file, line| {
        file != HERE && ["TODO", "FIXME", "XXX", "todo!(", "unimplemented!("].iter().any(|mark| line.contains(mark))
    });
}

#[test]
fn a_file_is_named_for_what_it_is() {
    let vague = ["utils", "util", "helpers", "helper", "common", "manager", "misc"];
    let parts = |path: &Path| {
        path.iter().map(|part| part.to_string_lossy().trim_end_matches(".rs").to_owned()).collect::<Vec<_>>()
    };
    let found = repository::files("rs")
        .into_iter()
        .filter(|path| parts(path).iter().any(|part| vague.contains(&part.as_str())));
    expect_none(found.map(|path| format!("{}: say what it is", path.display())).collect());
}

#[test]
fn money_area_and_energy_are_never_floating_point() {
    let float = |line: &str| {
        let code = line.split("//").next().unwrap_or_default();
        code.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|word| word == "f64" || word == "f32")
    };
    expect_no_line("fen, and decimals as text", |file, line| is_in(file, &["shared/", "functions/"]) && float(line));
}

/// A test that sleeps is slow when it passes and wrong when the machine is busy.
#[test]
fn tests_wait_for_what_they_expect_and_do_not_sleep() {
    expect_no_line("wait for the condition", |file, line| {
        let test = file.starts_with("tests/") || file.contains("/tests/") || file.ends_with("/tests.rs");
        file != HERE && test && line.contains("thread::sleep")
    });
}
