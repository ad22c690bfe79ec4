use crate::journal::JournalError;
use std::{io, path::PathBuf};

/// Why the engines cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Someone else listens on the port.
    #[error("port {port} for {service} is taken by another program")]
    PortTaken {
        /// `dynamodb` or `aws`.
        service: &'static str,
        /// The port asked for.
        port: u16,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The port cannot be used for another reason.
    #[error("cannot listen on port {port} for {service}")]
    Listen {
        /// `dynamodb` or `aws`.
        service: &'static str,
        /// The port asked for.
        port: u16,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Another process holds the data folder.
    #[error("another process is using the data folder {}", folder.display())]
    DataInUse {
        /// The folder.
        folder: PathBuf,
    },
    /// The data folder cannot be made or written.
    #[error("the data folder {} cannot be written", folder.display())]
    NotWritable {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A data file is not what was written.
    #[error("the data file {} is damaged: {finding}", file.display())]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What SQLite found.
        finding: String,
    },
    /// A data file cannot be opened.
    #[error("the data file {} cannot be opened", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// The tables cannot be opened.
    #[error("the tables in {} cannot be opened", file.display())]
    Tables {
        /// The file, `:memory:` when there is none.
        file: PathBuf,
        /// What dynoxide said.
        #[source]
        source: dynoxide::DynoxideError,
    },
    /// The queues cannot be opened.
    #[error("the queues cannot be opened")]
    Queues(#[source] JournalError),
    /// A thread cannot be started.
    #[error("no thread can be started")]
    Thread(#[source] io::Error),
}
