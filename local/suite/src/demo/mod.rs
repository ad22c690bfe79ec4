//! `make demo`: walks the whole path over HTTP, as a resident's phone, the company's people and the desk would, and prints each step
//! with its answer: a payment, a part of it given back, cash at the counter, the next morning's reconciliation, reminders, the books.
//! Fails loudly at the first step whose answer is not what it should be.

mod client;
mod counter;
mod morning;
mod office;
mod paid_by;
mod refund;
mod reminder;
mod resident;
mod walk;

pub use client::DemoError;
pub use paid_by::PaidBy;

use crate::{
    pages::PAGES,
    run::{HOUSEHOLDS, PORT, Running},
};
use client::Client;
use std::path::Path;

/// Walks the path against the suite at `url`, whose data is in `folder`; the invoice's PDF is saved there too. Without an address: against the suite
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
