//! How many messages a second: `cargo run -p heatpay-engines --example throughput [folder]`, by the SDK over HTTP, on disk.

use aws_config::{BehaviorVersion, Region};
use aws_sdk_sqs::{Client, config::Credentials, types::DeleteMessageBatchRequestEntry};
use heatpay_engines::{Engines, EnginesConfig, NewMessage, QueueSpec, Queues};
use heatpay_ports::SystemClock;
use serde_json::json;
use std::{error::Error, path::PathBuf, sync::Arc, time::Instant};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const MESSAGES: usize = 3200;

#[tokio::main]
async fn main() -> Outcome<()> {
    let temporary = tempfile::tempdir()?;
    let data = std::env::args_os().nth(1).map_or_else(|| temporary.path().to_owned(), PathBuf::from);
    let config = EnginesConfig { data: Some(data), clock: Arc::new(SystemClock), dynamodb_port: 0, aws_port: 0 };
    let engines = Engines::start(config).await?;
    let aws = aws_config::defaults(BehaviorVersion::latest())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .region(Region::new("local"))
        .credentials_provider(Credentials::new("local", "local", None, None, "local"))
        .endpoint_url(&engines.aws_url)
        .load()
        .await;
    let sqs = Client::new(&aws);
    for clients in [1, 32] {
        let name = format!("Clients{clients}");
        engines.queues.declare(&[QueueSpec { name: name.clone(), properties: json!({}) }]).await?;
        let url = engines.queues.url(&name);
        measure("send", clients, || send(sqs.clone(), url.clone(), MESSAGES / clients)).await?;
        measure("receive 1 + delete", clients, || take(sqs.clone(), url.clone(), MESSAGES / clients / 2)).await?;
        measure("receive 10 + delete 10", clients, || take_tens(sqs.clone(), url.clone(), MESSAGES / clients / 2))
            .await?;
    }
    for clients in [1, 32] {
        measure("send in process", clients, || send_inside(engines.queues.clone(), MESSAGES / clients)).await?;
    }
    engines.shutdown().await;
    Ok(())
}

/// Runs the work in so many tasks; each returns how many messages it handled.
async fn measure<F>(what: &str, clients: usize, work: impl Fn() -> F) -> Outcome<()>
where
    F: Future<Output = Outcome<usize>> + Send + 'static,
{
    let started = Instant::now();
    let tasks: Vec<_> = (0..clients).map(|_| tokio::spawn(work())).collect();
    let mut handled = 0;
    for task in tasks {
        handled += task.await??;
    }
    let per_s = handled as u128 * 1000 / started.elapsed().as_millis().max(1);
    println!("{clients:>2} clients  {what:<24}{per_s:>7} messages/s");
    Ok(())
}

async fn send(sqs: Client, url: String, messages: usize) -> Outcome<usize> {
    let body = "x".repeat(400);
    for _ in 0..messages {
        sqs.send_message().queue_url(&url).message_body(&body).send().await?;
    }
    Ok(messages)
}

/// Without HTTP and SDK: what the group commit alone does.
async fn send_inside(queues: Queues, messages: usize) -> Outcome<usize> {
    let body = "x".repeat(400);
    for _ in 0..messages {
        queues.send("Clients1", NewMessage { body: body.clone(), ..NewMessage::default() }).await?;
    }
    Ok(messages)
}

async fn take(sqs: Client, url: String, messages: usize) -> Outcome<usize> {
    let mut handled = 0;
    while handled < messages {
        let got = sqs.receive_message().queue_url(&url).wait_time_seconds(1).send().await?;
        let Some(message) = got.messages().first() else { break };
        sqs.delete_message().queue_url(&url).set_receipt_handle(message.receipt_handle.clone()).send().await?;
        handled += 1;
    }
    Ok(handled)
}

async fn take_tens(sqs: Client, url: String, messages: usize) -> Outcome<usize> {
    let mut handled = 0;
    while handled < messages {
        let got = sqs.receive_message().queue_url(&url).max_number_of_messages(10).send().await?;
        if got.messages().is_empty() {
            break;
        }
        let entries = got.messages().iter().enumerate().map(|(n, message)| {
            let entry = DeleteMessageBatchRequestEntry::builder().id(n.to_string());
            entry.set_receipt_handle(message.receipt_handle.clone()).build()
        });
        let entries = entries.collect::<Result<Vec<_>, _>>()?;
        sqs.delete_message_batch().queue_url(&url).set_entries(Some(entries)).send().await?;
        handled += got.messages().len();
    }
    Ok(handled)
}
