//! The WeChat mini-program server API. HTTP is 200 whatever happens; `errcode` tells.

mod answers;
mod desk;
mod login;
mod phone;
mod shipping;
mod subscribe;
mod token;
mod values;

pub use desk::{InboxCard, ShippingCard};

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

/// The one mini-program the platform knows.
#[derive(Clone, Debug)]
pub struct WeixinAccount {
    /// Its id.
    pub appid: String,
    /// Its secret.
    pub secret: String,
    /// Its subscribe-message templates.
    pub templates: Vec<MessageTemplate>,
    /// Whether its category is under 发货信息管理.
    pub trade_managed: bool,
}

/// A subscribe-message template.
#[derive(Clone, Debug)]
pub struct MessageTemplate {
    /// Its id.
    pub id: String,
    /// What stands on top of the card: 「缴费提醒」.
    pub title: String,
    /// Keys and their captions: (`thing1`, 「户主」).
    pub fields: Vec<(String, String)>,
}

/// The platform. Clones are the same platform.
#[derive(Clone)]
pub struct Weixin(Arc<Platform>);

struct Platform {
    account: WeixinAccount,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    database: Mutex<Connection>,
    switches: Switches,
}

const SCHEMA: &str = "
create table if not exists weixin_codes(
    code text primary key, kind text not null, stands_for text not null, minted_at_ms integer not null,
    used integer not null default 0) strict;
create table if not exists weixin_people(openid text primary key) strict;
create table if not exists weixin_tokens(
    id integer primary key, token text not null unique, fetched_at_ms integer not null, expires_at_ms integer not null,
    forced integer not null) strict;
create table if not exists weixin_grants(
    openid text not null, template_id text not null, left_over integer not null,
    primary key (openid, template_id)) strict;
create table if not exists weixin_messages(
    id integer primary key, openid text not null, template_id text not null, page text not null, data text not null,
    sent_at_ms integer not null) strict;
create table if not exists weixin_payments(
    transaction_id text primary key, openid text not null, refunded integer not null default 0) strict;
create table if not exists weixin_shippings(
    transaction_id text primary key, upload_time_ms integer not null, content text not null, times integer not null)
    strict;
create table if not exists weixin_next_answers(id integer primary key, path text not null, errcode integer not null) strict;
";

impl Weixin {
    /// The platform with its state in a file, or in memory.
    pub fn open(
        account: WeixinAccount,
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
            .route("/sns/jscode2session", get(login::code_to_session))
            .route("/cgi-bin/stable_token", post(token::stable_token))
            .route("/wxa/business/getuserphonenumber", post(phone::phone_number))
            .route("/cgi-bin/message/subscribe/send", post(subscribe::send))
            .route("/wxa/sec/order/is_trade_managed", post(shipping::is_trade_managed))
            .route("/wxa/sec/order/upload_shipping_info", post(shipping::upload))
            .route("/wxa/sec/order/get_order", post(shipping::get_order))
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
