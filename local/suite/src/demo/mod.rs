//! `make demo`: walks the whole path over HTTP, as a resident's phone and the desk would, and prints each step with its answer.
//! Fails loudly at the first step whose answer is not what it should be.

mod client;
mod walk;

pub use client::DemoError;
pub use walk::PaidBy;

use crate::{
    pages::PAGES,
    run::{HOUSEHOLDS, PORT, Running},
};
use client::Client;
use std::path::Path;

/// Walks the path against the suite at `url`; the invoice's PDF is saved into `folder`. Without an address: against the suite
/// that runs at the port of `make run`, or, where none does, against one that runs for the walk alone, with its data in `folder`.
pub async fn run(url: Option<&str>, paid_by: PaidBy, folder: &Path) -> Result<(), DemoError> {
    if let Some(url) = url {
        return walk(url, paid_by, folder).await;
    }
    let url = format!("http://127.0.0.1:{PORT}");
    if Client::new(&url)?.answers().await {
        return walk(&url, paid_by, folder).await;
    }
    println!("no suite runs at {url}; starting one for the walk, its data in {}", folder.display());
    let running = Running::start(PORT, folder, Path::new(HOUSEHOLDS), Path::new(PAGES)).await?;
    let walked = walk(&url, paid_by, folder).await;
    running.stop().await;
    walked
}

async fn walk(url: &str, paid_by: PaidBy, folder: &Path) -> Result<(), DemoError> {
    let client = Client::new(url)?;
    walk::Walk { client: &client, paid_by, folder }.all().await
}
