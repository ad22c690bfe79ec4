//! 银联全渠道 as a merchant meets it, played to the byte: signatures both ways over hashed fields, answers that are not
//! encoded, front forms with a page to pay on, `tn` for the app, refunds and undos, notifications that are sent five times at
//! most, settlement files.

mod control;
mod faults;
mod files;
mod gateway;
mod keys;
mod messages;
mod notify;
mod page;
mod transactions;

pub use control::{NotPaid, OrderCard, Paid};
pub use faults::{RefundOutcome, Sending};
pub use keys::{MERCHANT, MIDDLE, ROOT};

use crate::{
    database,
    switches::{self, Switches},
};
use axum::{
    Router, middleware,
    routing::{get, post},
};
use heatpay_ports::{Clock, Ids};
use rusqlite::Connection;
use serde_json::Value;
use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// UnionPay. Clones are the same one.
#[derive(Clone)]
pub struct Unionpay(Arc<Inner>);

struct Inner {
    keys: keys::Keys,
    database: Mutex<Connection>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    switches: Switches,
    http: reqwest::Client,
    faults: Mutex<faults::Faults>,
}

/// The sandbox cannot open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Its file.
    #[error("the sandbox's state cannot be opened")]
    Database(#[from] rusqlite::Error),
    /// Its keys.
    #[error("the sandbox's {0} is not readable")]
    Key(&'static str),
    /// Its HTTP client.
    #[error("no HTTP client can be built")]
    Http(#[from] reqwest::Error),
}

/// What a call to our backUrl may take.
const NOTIFY_LIMIT: Duration = Duration::from_secs(10);

impl Unionpay {
    /// With its state in a file, or in memory.
    pub fn open(file: Option<&Path>, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Result<Self, OpenError> {
        // Fails only when a provider is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Ok(Self(Arc::new(Inner {
            keys: keys::Keys::read()?,
            database: Mutex::new(database::open(file, transactions::SCHEMA)?),
            clock,
            ids,
            switches: Switches::default(),
            http: reqwest::Client::builder().timeout(NOTIFY_LIMIT).no_proxy().build()?,
            faults: Mutex::default(),
        })))
    }

    /// What it answers over HTTP: the gateway and the host of files in one.
    pub fn router(&self) -> Router {
        let calls = Router::new()
            .route("/gateway/api/appTransReq.do", post(gateway::app))
            .route("/gateway/api/queryTrans.do", post(gateway::query))
            .route("/gateway/api/backTransReq.do", post(gateway::back))
            .route("/", post(files::settlement))
            .layer(middleware::from_fn_with_state(self.0.switches.clone(), switches::apply));
        let pages = Router::new()
            .route("/gateway/api/frontTransReq.do", post(page::front))
            .route("/gateway/tn/{tn}", get(page::app))
            .route("/gateway/pay", post(page::pay));
        calls.merge(pages).with_state(self.clone())
    }

    /// What goes wrong.
    pub fn switches(&self) -> &Switches {
        &self.0.switches
    }

    /// What the merchant keeps as its secret.
    pub fn merchant_secret(&self) -> Value {
        self.0.keys.merchant_secret()
    }
}

impl Inner {
    fn database(&self) -> MutexGuard<'_, Connection> {
        self.database.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> i64 {
        self.clock.now().as_second()
    }
}
