//! Logs: one JSON line an event, on standard output, where CloudWatch takes them. What may not be in them: names, phones, ID
//! numbers, tokens, keys, whole bodies.

/// Starts logging; `LOG_LEVEL` (default `info`) chooses what is shown.
pub fn start() {
    let level = std::env::var("LOG_LEVEL").unwrap_or_else(|_| "info".to_owned());
    let filter = tracing_subscriber::EnvFilter::try_new(level).unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt().json().flatten_event(true).with_current_span(true).with_env_filter(filter).init();
}
