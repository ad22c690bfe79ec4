//! `heatpay`, for the tests that start it and kill it.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    heatpay_local::command::main().await
}
