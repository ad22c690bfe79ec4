//! Boots the step under the Lambda runtime.

#[tokio::main]
async fn main() -> Result<(), heatpay_runtime::BootError> {
    heatpay_runtime::lambda::serve_step(prepayment_draw::step).await
}
