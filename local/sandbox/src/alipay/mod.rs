//! 支付宝开放平台 as a merchant meets it, played to the byte: the gateway with RSA2 both ways, trades that exist only once the
//! payer has signed in, refunds that say `fund_change`, notifications repeated until `success`, pages to pay at, bills in GBK.

mod answers;
mod bills;
mod cashier;
mod certificates;
mod control;
mod faults;
mod gate;
mod keys;
mod login;
mod notify;
mod orders;
mod packed;
mod refunds;
mod trades;

pub use control::{NotPaid, Paid, TradeCard};
pub use faults::{RefundOutcome, Sending};
pub use keys::{Certificates, Keys};

use crate::{
    database,
    switches::{self, Switches},
    wechatpay::{OpenError, private_key, rsa_public_key},
};
use axum::{
    Router, middleware,
    routing::{get, post},
};
use heatpay_ports::{Clock, Ids};
use rusqlite::Connection;
use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// Alipay. Clones are the same one.
#[derive(Clone)]
pub struct Alipay(Arc<Inner>);

struct Inner {
    keys: Keys,
    alipay_key: ring::rsa::KeyPair,
    app_key: Vec<u8>,
    /// In the certificate mode.
    serials: Option<certificates::Serials>,
    database: Mutex<Connection>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    switches: Switches,
    http: reqwest::Client,
    faults: Mutex<faults::Faults>,
    files: Mutex<HashMap<String, bills::Waiting>>,
}

const SCHEMA: &str = "
create table if not exists alipay_trades(
    out_trade_no text primary key, method text not null, content text not null, subject text not null,
    total integer not null, buyer text, notify_url text, return_url text, expires_at integer not null, qr_code text,
    trade_no text unique, status text not null, paid_total integer, paid_at integer, closed_at integer,
    created_at integer not null) strict;
create table if not exists alipay_refunds(
    trade_no text not null, out_request_no text not null, amount integer not null, asked_at integer not null,
    moved_at integer, primary key(trade_no, out_request_no)) strict;
create table if not exists alipay_notices(
    notify_id text primary key, url text not null, parameters text not null, due_at integer not null,
    attempts integer not null, acknowledged integer not null) strict;
create table if not exists alipay_codes(
    code text primary key, open_id text not null, until integer not null, used integer not null) strict;
";

/// What a call to our notify_url may take.
const NOTIFY_LIMIT: Duration = Duration::from_secs(5);

impl Alipay {
    /// With its state in a file, or in memory.
    pub fn open(keys: Keys, file: Option<&Path>, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Result<Self, OpenError> {
        let app = pem::parse(&keys.app_public_key).map_err(|_| OpenError::Key("application's public key"))?;
        // Fails only when a provider is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Ok(Self(Arc::new(Inner {
            alipay_key: private_key(&keys.alipay_private_key, "Alipay key")?,
            app_key: rsa_public_key(app.contents()).ok_or(OpenError::Key("application's public key"))?,
            serials: keys.certificates.as_ref().map(certificates::Serials::of).transpose()?,
            keys,
            database: Mutex::new(database::open(file, SCHEMA)?),
            clock,
            ids,
            switches: Switches::default(),
            http: reqwest::Client::builder().timeout(NOTIFY_LIMIT).no_proxy().build()?,
            faults: Mutex::default(),
            files: Mutex::default(),
        })))
    }

    /// What it answers over HTTP.
    pub fn router(&self) -> Router {
        let calls = Router::new()
            .route("/gateway.do", get(gate::gateway).post(gate::gateway))
            .route("/bill/{token}", get(bills::download))
            .route("/bax/{code}", get(cashier::scanned))
            .route("/cashier/{out_trade_no}", post(cashier::pay))
            .with_state(self.clone());
        calls.layer(middleware::from_fn_with_state(self.0.switches.clone(), switches::apply))
    }

    /// What goes wrong.
    pub fn switches(&self) -> &Switches {
        &self.0.switches
    }

    /// The keys.
    pub fn keys(&self) -> &Keys {
        &self.0.keys
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
