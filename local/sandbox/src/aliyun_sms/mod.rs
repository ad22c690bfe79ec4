//! Aliyun SMS as its gateway meets clients: RPC style on `/`, ACS3 signatures, business failures with HTTP 200.

mod answers;
mod canonical;
mod details;
mod flow;
mod gate;
mod inbox;
mod receipts;
mod send;
mod templates;

pub use flow::{FlowLimits, Permits};
pub use inbox::{InboxMessage, Receipt};
pub use templates::{SmsKind, SmsTemplate};

use crate::{
    database,
    switches::{self, Switches},
};
use axum::{Router, middleware, routing::any};
use heatpay_ports::{Clock, Ids};
use rusqlite::Connection;
use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The one account the provider knows.
#[derive(Clone, Debug)]
pub struct AliyunAccount {
    /// The key.
    pub access_key_id: String,
    /// The key's secret.
    pub access_key_secret: String,
    /// The approved signatures (签名).
    pub sign_names: Vec<String>,
    /// The approved templates.
    pub templates: Vec<SmsTemplate>,
    /// How many messages a number may get.
    pub limits: FlowLimits,
    /// How long after sending the carrier tells what became of a message.
    pub receipt_after_seconds: i64,
}

/// The provider. Clones are the same provider.
#[derive(Clone)]
pub struct AliyunSms(Arc<Provider>);

struct Provider {
    account: AliyunAccount,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    database: Mutex<Connection>,
    switches: Switches,
}

const SCHEMA: &str = "
create table if not exists aliyun_nonces(nonce text primary key, seen_at_ms integer not null) strict;
create table if not exists aliyun_messages(
    id integer primary key, biz_id text not null, phone text not null, sign_name text not null,
    template_code text not null, kind text not null, text text not null, out_id text not null,
    sent_at_ms integer not null, reported integer not null default 0) strict;
create index if not exists aliyun_messages_of_phone on aliyun_messages(phone, sent_at_ms);
create table if not exists aliyun_failing_numbers(phone text primary key, err_code text not null) strict;
create table if not exists aliyun_next_answers(
    id integer primary key, status integer not null, code text not null, message text not null) strict;
";

impl AliyunSms {
    /// The provider with its state in a file, or in memory.
    pub fn open(
        account: AliyunAccount,
        file: Option<&Path>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    ) -> rusqlite::Result<Self> {
        let database = Mutex::new(database::open(file, SCHEMA)?);
        Ok(Self(Arc::new(Provider { account, clock, ids, database, switches: Switches::default() })))
    }

    /// What goes wrong.
    pub fn switches(&self) -> &Switches {
        &self.0.switches
    }

    /// What it answers over HTTP. The path is signed, so it must be served at the root of its port.
    pub fn router(&self) -> Router {
        let calls = Router::new().route("/", any(gate::call)).with_state(self.clone());
        calls.layer(middleware::from_fn_with_state(self.0.switches.clone(), switches::apply))
    }
}

impl Provider {
    fn database(&self) -> MutexGuard<'_, Connection> {
        self.database.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now_ms(&self) -> i64 {
        self.clock.now().as_millisecond()
    }
}
