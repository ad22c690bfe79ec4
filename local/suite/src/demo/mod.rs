//! `make demo`: walks the whole path over HTTP, as a resident's phone and the desk would, and prints each step with its answer.
//! Fails loudly at the first step whose answer is not what it should be.

mod client;
mod walk;

pub use client::DemoError;

use client::Client;

/// Walks the path against the suite at `base_url`; the invoice's PDF is saved into `folder`.
pub async fn run(base_url: &str, folder: &std::path::Path) -> Result<(), DemoError> {
    let client = Client::new(base_url)?;
    walk::Walk { client: &client, folder }.all().await
}
