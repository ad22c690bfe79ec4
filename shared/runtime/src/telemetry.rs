//! Logs: one JSON line an event, on standard output, where CloudWatch takes them. What may not be in them: names, phones, ID
//! numbers, tokens, keys, whole bodies. Metrics of the trade stand in the same log, in CloudWatch's embedded format.

use crate::{context::Context, settings::SettingError};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::{io::Write, sync::Arc};

/// Starts logging; `LOG_LEVEL` (default `info`) chooses what is shown.
pub fn start() {
    let level = std::env::var("LOG_LEVEL").unwrap_or_else(|_| "info".to_owned());
    let filter = tracing_subscriber::EnvFilter::try_new(level).unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt().json().flatten_event(true).with_current_span(true).with_env_filter(filter).init();
}

/// Counts that alarms watch. Where no CloudWatch reads the log (on one machine) nothing is written.
#[derive(Clone)]
pub struct Metrics {
    namespace: Arc<str>,
    read: bool,
}

impl Metrics {
    /// In the namespace of `METRICS_NAMESPACE`.
    pub fn of(context: &Context) -> Result<Self, SettingError> {
        let namespace = context.settings.required("METRICS_NAMESPACE")?.into();
        // Lambda's own variable: there, and only there, the line is read.
        Ok(Self { namespace, read: context.settings.optional("AWS_LAMBDA_FUNCTION_NAME").is_some() })
    }

    /// Writes a count, also one of nothing: an alarm that sees no number does not know.
    pub fn count(&self, name: &str, count: u64, at: Timestamp) {
        if self.read {
            // A metric that cannot be written is missing, which an alarm sees as well.
            let _ = writeln!(std::io::stdout().lock(), "{}", embedded(&self.namespace, name, count, at));
        }
    }
}

/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>
fn embedded(namespace: &str, name: &str, count: u64, at: Timestamp) -> Value {
    json!({
        "_aws": {
            "Timestamp": at.as_millisecond(),
            "CloudWatchMetrics": [{
                "Namespace": namespace, "Dimensions": [[]], "Metrics": [{ "Name": name, "Unit": "Count" }],
            }],
        },
        name: count,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_stands_in_the_log_as_cloudwatch_reads_it() {
        let line = embedded("Heatpay/dev", "LateDays", 2, Timestamp::from_second(1_795_000_000).unwrap());
        assert_eq!(line["LateDays"], 2);
        assert_eq!(line["_aws"]["CloudWatchMetrics"][0]["Metrics"][0]["Name"], "LateDays");
        assert_eq!(line["_aws"]["Timestamp"], 1_795_000_000_000_i64);
    }
}
