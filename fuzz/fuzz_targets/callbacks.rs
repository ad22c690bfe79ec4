//! What stands in `tests/flows/callbacks.rs`, for as long as one likes and with bytes that libFuzzer finds.
#![no_main]

use heatpay_tests::callbacks::Callbacks;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static CALLBACKS: LazyLock<Callbacks> = LazyLock::new(|| {
    let callbacks = Callbacks::open();
    callbacks.takes_the_genuine().expect("each channel is believed");
    callbacks
});

fuzz_target!(|bytes: &[u8]| {
    if let Err(wrong) = CALLBACKS.believes_only_the_signed(bytes) {
        panic!("{wrong}");
    }
});
