//! The engines with a clock in the test's hand, and one SDK client a service.

use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig};
use aws_sdk_sqs::config::Credentials;
use heatpay_engines::{Engines, EnginesConfig, QueueSpec, StartError};
use heatpay_ports::Clock;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use std::{
    path::Path,
    sync::{Arc, Mutex},
};

pub(crate) struct HandClock(Mutex<Timestamp>);

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

pub(crate) struct World {
    pub(crate) engines: Engines,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) sqs: aws_sdk_sqs::Client,
    pub(crate) sns: aws_sdk_sns::Client,
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) secrets: aws_sdk_secretsmanager::Client,
    pub(crate) dynamodb: aws_sdk_dynamodb::Client,
}

impl World {
    pub(crate) async fn in_memory() -> Self {
        Self::on(None).await.unwrap()
    }

    pub(crate) async fn at(data: &Path) -> Self {
        Self::on(Some(data)).await.unwrap()
    }

    pub(crate) async fn on(data: Option<&Path>) -> Result<Self, StartError> {
        let clock = Arc::new(HandClock(Mutex::new("2026-11-15T00:00:00Z".parse().unwrap())));
        let data = data.map(Path::to_owned);
        let config = EnginesConfig { data, clock: clock.clone(), dynamodb_port: 0, aws_port: 0 };
        let engines = Engines::start(config).await?;
        let aws = sdk(&engines.aws_url).await;
        let s3 = aws_sdk_s3::config::Builder::from(&aws).force_path_style(true).build();
        Ok(Self {
            clock,
            sqs: aws_sdk_sqs::Client::new(&aws),
            sns: aws_sdk_sns::Client::new(&aws),
            s3: aws_sdk_s3::Client::from_conf(s3),
            secrets: aws_sdk_secretsmanager::Client::new(&aws),
            dynamodb: aws_sdk_dynamodb::Client::new(&sdk(&engines.dynamodb_url).await),
            engines,
        })
    }

    /// Moves the clock, and tells those who wait.
    pub(crate) fn pass(&self, seconds: i64) {
        *self.clock.0.lock().unwrap() += SignedDuration::from_secs(seconds);
        self.engines.queues.wake();
    }

    /// Makes the queue `name` and its dead-letter queue `<name>Dlq`, given up after `max_receives`; its URL.
    pub(crate) async fn queue(&self, name: &str, max_receives: u32) -> String {
        let dead = format!("{name}Dlq");
        let redrive =
            json!({ "deadLetterTargetArn": heatpay_engines::queue_arn(&dead), "maxReceiveCount": max_receives });
        let specs = [
            QueueSpec {
                name: name.to_owned(),
                properties: json!({ "VisibilityTimeout": 60, "RedrivePolicy": redrive }),
            },
            QueueSpec { name: dead, properties: json!({ "MessageRetentionPeriod": 1_209_600 }) },
        ];
        self.engines.queues.declare(&specs).await.unwrap();
        self.engines.queues.url(name)
    }

    pub(crate) async fn send(&self, url: &str, body: &str) -> String {
        let sent = self.sqs.send_message().queue_url(url).message_body(body).send().await.unwrap();
        sent.message_id.unwrap()
    }

    /// Up to ten messages, at once.
    pub(crate) async fn receive(&self, url: &str) -> Vec<aws_sdk_sqs::types::Message> {
        let got = self.sqs.receive_message().queue_url(url).max_number_of_messages(10).send().await.unwrap();
        got.messages.unwrap_or_default()
    }

    pub(crate) async fn bodies(&self, url: &str) -> Vec<String> {
        self.receive(url).await.into_iter().map(|message| message.body.unwrap()).collect()
    }
}

async fn sdk(url: &str) -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .region(Region::new("cn-north-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .retry_config(RetryConfig::disabled())
        .endpoint_url(url)
        .load()
        .await
}
