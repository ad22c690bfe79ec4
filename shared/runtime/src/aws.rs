//! The AWS clients: one HTTP client over rustls with ring (a cold first call of 2 ms, where aws-lc takes 24), time limits,
//! and the probe.

mod watch;

use crate::settings::Settings;
use aws_config::{
    BehaviorVersion, Region, SdkConfig, identity::IdentityCache, retry::RetryConfig, timeout::TimeoutConfig,
};
use aws_sdk_s3::config::{AsyncSleep, SharedAsyncSleep, Sleep};
use aws_smithy_http_client::{Builder, tls};
use aws_smithy_runtime_api::client::{
    http::SharedHttpClient, stalled_stream_protection::StalledStreamProtectionConfig,
};
use heatpay_ports::Probe;
use std::{sync::Arc, time::Duration};
use watch::Watch;

/// One client a service.
#[derive(Clone)]
pub struct Aws {
    /// Tables.
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// Queues.
    pub sqs: aws_sdk_sqs::Client,
    /// Topics.
    pub sns: aws_sdk_sns::Client,
    /// Files.
    pub s3: aws_sdk_s3::Client,
    /// Secrets.
    pub secrets: aws_sdk_secretsmanager::Client,
}

impl Aws {
    /// Region, credentials and endpoints come from the environment as everywhere in AWS; the settings may point at other
    /// endpoints (`AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_DYNAMODB`), which then get throw-away credentials.
    pub async fn connect(settings: &Settings, probe: Arc<dyn Probe>) -> Self {
        let endpoint = settings.optional("AWS_ENDPOINT_URL");
        let shared = shared_config(settings).await;
        let watch = || Watch::new(probe.clone());
        let mut dynamodb = aws_sdk_dynamodb::config::Builder::from(&shared).interceptor(watch());
        if let Some(url) = settings.optional("AWS_ENDPOINT_URL_DYNAMODB") {
            dynamodb = dynamodb.endpoint_url(url);
        }
        let dynamodb = dynamodb.build();
        let sqs = aws_sdk_sqs::config::Builder::from(&shared).interceptor(watch()).build();
        let sns = aws_sdk_sns::config::Builder::from(&shared).interceptor(watch()).build();
        let s3 = aws_sdk_s3::config::Builder::from(&shared)
            .force_path_style(endpoint.is_some())
            .interceptor(watch())
            .build();
        let secrets = aws_sdk_secretsmanager::config::Builder::from(&shared).interceptor(watch()).build();
        Self {
            dynamodb: aws_sdk_dynamodb::Client::from_conf(dynamodb),
            sqs: aws_sdk_sqs::Client::from_conf(sqs),
            sns: aws_sdk_sns::Client::from_conf(sns),
            s3: aws_sdk_s3::Client::from_conf(s3),
            secrets: aws_sdk_secretsmanager::Client::from_conf(secrets),
        }
    }

    /// Clients whose every call goes to `http`, once: no network, no retry, no time limit, no signature, no probe. For engines in
    /// the process itself, which are their own probe.
    pub fn in_process(http: SharedHttpClient) -> Self {
        let shared = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(http)
            .region(Region::new("cn-north-1"))
            .endpoint_url("http://in.process")
            .identity_cache(IdentityCache::no_cache())
            .retry_config(RetryConfig::disabled())
            .timeout_config(TimeoutConfig::disabled())
            // A call that sets itself a limit has none either.
            .sleep_impl(SharedAsyncSleep::new(NoTime))
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .build();
        let dynamodb = aws_sdk_dynamodb::config::Builder::from(&shared).allow_no_auth().build();
        let sqs = aws_sdk_sqs::config::Builder::from(&shared).allow_no_auth().build();
        let sns = aws_sdk_sns::config::Builder::from(&shared).allow_no_auth().build();
        let s3 = aws_sdk_s3::config::Builder::from(&shared).allow_no_auth().force_path_style(true).build();
        let secrets = aws_sdk_secretsmanager::config::Builder::from(&shared).allow_no_auth().build();
        Self {
            dynamodb: aws_sdk_dynamodb::Client::from_conf(dynamodb),
            sqs: aws_sdk_sqs::Client::from_conf(sqs),
            sns: aws_sdk_sns::Client::from_conf(sns),
            s3: aws_sdk_s3::Client::from_conf(s3),
            secrets: aws_sdk_secretsmanager::Client::from_conf(secrets),
        }
    }
}

/// Where no time passes by itself.
#[derive(Debug)]
struct NoTime;

impl AsyncSleep for NoTime {
    fn sleep(&self, _: Duration) -> Sleep {
        Sleep::new(std::future::pending())
    }
}

async fn shared_config(settings: &Settings) -> SdkConfig {
    let http = Builder::new().tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring)).build_https();
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .retry_config(RetryConfig::standard().with_max_attempts(3))
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(Duration::from_secs(1))
                .operation_attempt_timeout(Duration::from_secs(4))
                .operation_timeout(Duration::from_secs(10))
                .build(),
        );
    if let Some(endpoint) = settings.optional("AWS_ENDPOINT_URL") {
        let region = settings.optional("AWS_REGION").unwrap_or("cn-north-1").to_owned();
        loader = loader
            .endpoint_url(endpoint)
            .region(Region::new(region))
            .credentials_provider(aws_sdk_dynamodb::config::Credentials::new("local", "local", None, None, "local"));
    }
    loader.load().await
}
