//! Whatever is posted to a channel's callback, of whatever headers and body: what the channel did not sign is not acknowledged and
//! reaches no queue, and nothing breaks. `fuzz/` asks the same for as long as one likes.

use heatpay_tests::callbacks::Callbacks;
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};

const POSTINGS: u32 = 900;

#[test]
fn whatever_is_posted_only_what_its_channel_signed_is_believed() {
    let callbacks = Callbacks::open();
    callbacks.takes_the_genuine().expect("each channel is believed");
    // A few edits of a genuine notification, or much rubbish.
    let bytes = prop_oneof![vec(any::<u8>(), 0..24), vec(any::<u8>(), 0..600)];
    let mut runner = TestRunner::new(Config { cases: POSTINGS, failure_persistence: None, ..Config::default() });
    let asked = runner.run(&bytes, |bytes| callbacks.believes_only_the_signed(&bytes).map_err(TestCaseError::fail));
    asked.unwrap_or_else(|error| panic!("{error}"));
}
