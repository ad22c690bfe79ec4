//! Which functions die in which stories, and the page that lists every point.

use crate::{
    ahead::paid_ahead,
    crashes::{kinds_of_calls, owing, quiet_town},
    reconciled::calls_of_a_morning,
    stories::Story,
};
use heatpay_domain::Channel;
use heatpay_tests::repository;
use std::fmt::Write;

const BY_ALL: &[Channel] = &[Channel::Wechatpay, Channel::Alipay, Channel::Unionpay];
/// What is called in such a story is the same whatever the channel.
const BY_ONE: &[Channel] = &[Channel::Wechatpay];
const AT_THE_COUNTER: &[Channel] = &[Channel::Cash];

/// A story, and the channels it is told by.
type Told = (Story, &'static [Channel]);

/// Every function that has to do with money, the stories it is called in, by which channels, and who repeats what when it dies.
pub(crate) const FUNCTIONS: [(&str, &[Told], &str); 9] = [
    (
        "payment-create",
        &[(Story::Paid, BY_ALL), (Story::Cancelled, BY_ALL)],
        "The client gets a 5xx and repeats under the same key: the same payment, the same order.",
    ),
    (
        "counter",
        &[
            (Story::Cash, AT_THE_COUNTER),
            (Story::CashTakenBack, AT_THE_COUNTER),
            (Story::CashAndClosed, AT_THE_COUNTER),
        ],
        "The cashier gets a 5xx and repeats: the same voucher is the same payment, what is taken back or closed stays so; evidence that \
         did not reach the queue is handed over by the watch.",
    ),
    (
        "payment-callback",
        &[(Story::Paid, BY_ALL), (Story::Refunded, BY_ALL)],
        "The channel gets no acknowledgement and sends the notification again; the evidence may be queued twice.",
    ),
    (
        "payment-settle",
        &[(Story::Paid, BY_ONE), (Story::Refunded, BY_ALL)],
        "The queue delivers the evidence again; the receipt's condition makes it once, and what was not published is.",
    ),
    (
        "payment-watch",
        &[(Story::FoundByTheWatch, BY_ALL), (Story::Expired, BY_ALL)],
        "The queue delivers again, or the schedule finds the payment in the index `open`.",
    ),
    (
        "refund-admin",
        &[(Story::GivenBack, BY_ONE)],
        "The client gets a 5xx and repeats: the request under the same key, the approval until it stands approved.",
    ),
    (
        "refund-execute",
        &[(Story::Refunded, BY_ALL), (Story::GivenBack, BY_ONE)],
        "The queue delivers again, or the schedule finds the refund; it is asked for again under the same number, its invoice is \
         reversed once and made anew once.",
    ),
    (
        "invoice-issue",
        &[(Story::Paid, BY_ONE)],
        "The queue delivers again, or the schedule finds the invoice; it is asked for again under the same serial number.",
    ),
    (
        "notification-send",
        &[(Story::Paid, BY_ONE)],
        "The queue delivers again; a notice that may have gone out already is asked about before it is sent again.",
    ),
];

#[tokio::test]
async fn the_page_lists_every_point_that_is_broken() {
    let town = quiet_town().await;
    let mut households = owing(&town).await.into_iter();
    let mut page = String::from(PREFACE);
    for (function, stories, then) in FUNCTIONS {
        let _ = write!(page, "\n## {function}\n\n{then}\n\n| story | by | call | on |\n|---|---|---|---|\n");
        for told in stories.iter().flat_map(|(story, by)| by.iter().map(|channel| (*story, *channel))) {
            let household = households.next().expect("households enough");
            for (kind, _) in kinds_of_calls(&town, household, function, told).await {
                let _ = writeln!(page, "| {} | {} | {kind} |", told.0, told.1.title());
            }
        }
    }
    page.push_str(RECONCILE);
    for channel in BY_ALL {
        for kind in calls_of_a_morning(*channel).await {
            let _ = writeln!(page, "| the morning after | {} | {kind} |", channel.title());
        }
    }
    page.push_str(&paid_ahead().await);
    let path = repository::root().join("docs/crash-points.md");
    if std::env::var_os("HEATPAY_WRITE_DOCS").is_some() {
        std::fs::write(&path, &page).expect("the page can be written");
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(written, page, "docs/crash-points.md is out of date: run once with HEATPAY_WRITE_DOCS=1");
}

const RECONCILE: &str = "
## reconcile

The queue delivers again, or the schedule takes the day up: its file is kept, its cases, fee and result have numbers that their
causes give. Reads, of which nothing is left behind, are broken before they leave.

| story | by | call | on |
|---|---|---|---|
";

const PREFACE: &str = "\
# Where the process may die

Every call that leaves a function on a payment's way, found by listing them while a payment goes through its story. The tests in
`tests/faults/crashes.rs` kill the function before and after each of them, with a household of its own each time, let happen again
what would, and then go through the books: bills, receipts, postings, refunds and the channels' own money agree to the fen, no
payment and no refund stays open, one payment a household, one receipt a transaction or voucher, one invoice a payment. The morning
after is swept by `tests/faults/reconciled.rs`, a day for each death.

This page is written by `HEATPAY_WRITE_DOCS=1 cargo test -p heatpay-tests --test faults the_page_lists`; a test compares it.
";
