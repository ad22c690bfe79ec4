use axum::response::{IntoResponse, Response};
use http::StatusCode;
use rusqlite::Connection;
use std::{path::Path, time::Duration};

/// Opens a partner's state: in a file that survives `kill -9`, or in memory. Partners may share a file.
pub(crate) fn open(file: Option<&Path>, schema: &str) -> rusqlite::Result<Connection> {
    let connection = match file {
        Some(file) => Connection::open(file)?,
        None => Connection::open_in_memory()?,
    };
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    // With a write-ahead log this loses nothing when the process dies; only a power cut may take the last writes.
    connection.pragma_update(None, "synchronous", "normal")?;
    connection.execute_batch(schema)?;
    Ok(connection)
}

/// The sandbox itself is broken (its file is): no partner answers like that, so it is told apart by its text.
#[derive(Debug, thiserror::Error)]
#[error("the sandbox cannot read or write its state")]
pub(crate) struct Broken(#[from] rusqlite::Error);

impl IntoResponse for Broken {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, format!("{self}: {}", self.0)).into_response()
    }
}
