//! 百望云's SMB line as our clients meet it: `POST /router/rest`, and the files of issued invoices.
//!
//! Codes that the protocol reference does not know are marked so in `rejection.rs`.

mod amounts;
mod capitals;
mod control;
mod files;
mod gate;
mod invoice;
mod issue;
mod page;
mod paper;
mod query;
mod reading;
mod red;
mod rejection;
mod token;
mod xml;

pub use control::{InvoiceCard, Issuing};

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
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The one seller the platform knows.
#[derive(Clone, Debug)]
pub struct BaiwangAccount {
    /// The application's key.
    pub app_key: String,
    /// The application's secret.
    pub app_secret: String,
    /// The platform user.
    pub username: String,
    /// The user's password.
    pub password: String,
    /// The user's salt.
    pub salt: String,
    /// The seller's tax number.
    pub tax_no: String,
    /// The seller's name, printed on invoices.
    pub seller_name: String,
    /// The drawer's account at the tax bureau.
    pub terminal_code: String,
}

/// The platform. Clones are the same platform.
#[derive(Clone)]
pub struct Baiwang(Arc<Platform>);

struct Platform {
    account: BaiwangAccount,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    database: Mutex<Connection>,
    switches: Switches,
}

const SCHEMA: &str = "
create table if not exists baiwang_tokens(
    token text primary key, refresh_token text not null, expires_at_ms integer not null) strict;
create table if not exists baiwang_invoices(
    id integer primary key, serial_no text not null unique, order_no text not null unique, body text not null,
    original_serial_no text, status text not null, message text not null, due_at_ms integer not null,
    digit_invoice_no text, issued_at_ms integer, confirm_serial_no text unique, confirm_state text) strict;
create table if not exists baiwang_knobs(name text primary key, value text not null) strict;
";

impl Baiwang {
    /// The platform with its state in a file, or in memory.
    pub fn open(
        account: BaiwangAccount,
        file: Option<&Path>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    ) -> rusqlite::Result<Self> {
        let database = Mutex::new(database::open(file, SCHEMA)?);
        Ok(Self(Arc::new(Platform { account, clock, ids, database, switches: Switches::default() })))
    }

    /// What goes wrong.
    pub fn switches(&self) -> &Switches {
        &self.0.switches
    }

    /// What it answers over HTTP.
    pub fn router(&self) -> Router {
        let calls = Router::new()
            .route("/router/rest", post(gate::rest))
            .route("/files/{serial_no}/{file}", get(files::file))
            .with_state(self.clone());
        calls.layer(middleware::from_fn_with_state(self.0.switches.clone(), switches::apply))
    }
}

impl Platform {
    fn database(&self) -> MutexGuard<'_, Connection> {
        self.database.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now_ms(&self) -> i64 {
        self.clock.now().as_millisecond()
    }
}
