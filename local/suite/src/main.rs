//! `heatpay`: the suite on one machine.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    heatpay_local::command::main().await
}
