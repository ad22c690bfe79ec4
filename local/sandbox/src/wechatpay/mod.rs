//! 微信支付 APIv3 as a merchant meets it, played to the byte: signatures both ways over raw bytes, orders, closes, refunds,
//! certificates, and notifications that are repeated until acknowledged.

mod answers;
mod bills;
mod certificates;
mod control;
mod faults;
mod gate;
mod keys;
mod notify;
mod orders;
mod refunds;
mod rules;
mod shown;
mod statements;

pub use answers::Signer;
pub use control::{NotPaid, OrderCard, Paid};
pub use faults::{RefundOutcome, Sending};
pub(crate) use gate::rsa_public_key;
pub use keys::{Keys, KeysError};
pub(crate) use keys::{pair, sign};

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
use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// WeChat Pay. Clones are the same one.
#[derive(Clone)]
pub struct Wechatpay(Arc<Inner>);

struct Inner {
    keys: Keys,
    wechat_key: ring::rsa::KeyPair,
    platform_key: ring::rsa::KeyPair,
    merchant_key: Vec<u8>,
    database: Mutex<Connection>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    switches: Switches,
    http: reqwest::Client,
    own_url: Mutex<String>,
    faults: Mutex<faults::Faults>,
    files: Mutex<HashMap<String, bills::Waiting>>,
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

const SCHEMA: &str = "
create table if not exists wechatpay_orders(
    out_trade_no text primary key, trade_type text not null, body text not null, description text not null,
    total integer not null, payer text, notify_url text not null, expires_at integer not null, handle text not null,
    state text not null, transaction_id text unique, paid_total integer, success_at integer, created_at integer not null) strict;
create table if not exists wechatpay_extra_payments(
    transaction_id text primary key, out_trade_no text not null, paid_total integer not null, success_at integer not null) strict;
create table if not exists wechatpay_refunds(
    out_refund_no text primary key, refund_id text not null, transaction_id text not null, out_trade_no text not null,
    body text not null, amount integer not null, total integer not null, notify_url text, status text not null,
    created_at integer not null, success_at integer) strict;
create table if not exists wechatpay_notices(
    id text primary key, about text not null, url text not null, body text not null, due_at integer not null,
    attempts integer not null, acknowledged integer not null) strict;
";

/// What a call to our notify_url may take.
const NOTIFY_LIMIT: Duration = Duration::from_secs(5);

impl Wechatpay {
    /// With its state in a file, or in memory.
    pub fn open(keys: Keys, file: Option<&Path>, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Result<Self, OpenError> {
        let merchant = pem::parse(&keys.merchant_public_key).map_err(|_| OpenError::Key("merchant's public key"))?;
        // Fails only when a provider is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Ok(Self(Arc::new(Inner {
            wechat_key: private_key(&keys.wechat_private_key, "key")?,
            platform_key: private_key(&keys.platform_private_key, "platform key")?,
            merchant_key: gate::rsa_public_key(merchant.contents()).ok_or(OpenError::Key("merchant's public key"))?,
            keys,
            database: Mutex::new(database::open(file, SCHEMA)?),
            clock,
            ids,
            switches: Switches::default(),
            http: reqwest::Client::builder().timeout(NOTIFY_LIMIT).no_proxy().build()?,
            own_url: Mutex::default(),
            faults: Mutex::default(),
            files: Mutex::default(),
        })))
    }

    /// What it answers over HTTP.
    pub fn router(&self) -> Router {
        let calls = Router::new()
            .route("/v3/pay/transactions/{kind}", post(orders::place))
            .route("/v3/pay/transactions/out-trade-no/{out_trade_no}", get(orders::query))
            .route("/v3/pay/transactions/id/{transaction_id}", get(orders::query_by_id))
            .route("/v3/pay/transactions/out-trade-no/{out_trade_no}/close", post(orders::close))
            .route("/v3/refund/domestic/refunds", post(refunds::create))
            .route("/v3/refund/domestic/refunds/{out_refund_no}", get(refunds::query))
            .route("/v3/certificates", get(certificates::list))
            .route("/v3/bill/tradebill", get(bills::trade))
            .route("/v3/bill/fundflowbill", get(bills::fund_flow))
            .route("/v3/billdownload/file", get(bills::download))
            .layer(middleware::from_fn_with_state(self.clone(), gate::check))
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

    /// Where H5 pages of the sandbox open: the desk.
    pub fn set_own_url(&self, url: &str) {
        *self.0.own_url.lock().unwrap_or_else(PoisonError::into_inner) = url.to_owned();
    }
}

/// An RSA key from its PKCS#8 PEM; `what` it is, for the error.
pub(crate) fn private_key(text: &str, what: &'static str) -> Result<ring::rsa::KeyPair, OpenError> {
    let pem = pem::parse(text).map_err(|_| OpenError::Key(what))?;
    ring::rsa::KeyPair::from_pkcs8(pem.contents()).map_err(|_| OpenError::Key(what))
}

impl Inner {
    fn database(&self) -> MutexGuard<'_, Connection> {
        self.database.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> i64 {
        self.clock.now().as_second()
    }
}
