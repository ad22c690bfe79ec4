//! The bugs that `make planted` plants are still bugs of this code.

use crate::expect_none;
use heatpay_tests::repository;
use std::process::Command;

#[test]
fn every_planted_bug_still_applies() {
    let mut count = 0;
    let wrong = repository::files("patch").into_iter().filter_map(|path| {
        count += 1;
        // Outside of any repository, git applies a patch to plain files.
        let applied = Command::new("git")
            .args(["apply", "--check", "-C1"])
            .arg(repository::root().join(&path))
            .env("GIT_DIR", "/dev/null")
            .current_dir(repository::root())
            .output()
            .expect("git runs");
        (!applied.status.success()).then(|| format!("{}: {}", path.display(), String::from_utf8_lossy(&applied.stderr)))
    });
    expect_none(wrong.collect());
    assert!(count >= 25, "only {count} bugs are planted");
}

#[test]
fn every_planted_bug_says_what_is_wrong_and_who_must_catch_it() {
    let wrong = repository::files("patch").into_iter().filter_map(|path| {
        let text = repository::read(&path);
        let mut lines = text.lines();
        let sentence = lines.next().is_some_and(|line| line.ends_with('.'));
        let by = lines.next().and_then(|line| line.strip_prefix("Caught by: "));
        let known = by.is_some_and(|by| by == "histories" || by.starts_with("tests of "));
        (!sentence || !known).then(|| path.display().to_string())
    });
    expect_none(wrong.collect());
}
