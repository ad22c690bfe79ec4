//! The desk: one page where a person plays everybody else. A cashier for each payment channel, an inbox for SMS and subscribe messages,
//! the invoices, buttons for what goes wrong, the clock, the books. Only on one machine; nothing of it is deployed.

mod alipay;
mod answers;
mod cashier;
mod h5;
mod households;
mod repairs;
mod switches;
mod system;
mod unionpay;

use crate::world::World;
use axum::{
    Router,
    http::{HeaderValue, header},
    response::{IntoResponse, Redirect},
    routing::{get, post, put},
};
use heatpay_domain::Season;
use heatpay_runtime::BootError;
use households::Sample;
use std::sync::{Arc, RwLock};

/// The desk.
#[derive(Clone)]
pub struct Desk {
    world: Arc<RwLock<Option<Arc<World>>>>,
    season: Season,
    sample: Arc<Vec<Sample>>,
}

impl Desk {
    /// For a season, with the file of made-up households whose proofs the desk shows.
    pub async fn new(_: &World, season: Season, households: Vec<u8>) -> Result<Self, BootError> {
        Ok(Self { world: Arc::default(), season, sample: Arc::new(households::samples(&households)) })
    }

    /// The world it stands in.
    pub fn attach(&self, world: Arc<World>) {
        if let Ok(mut there) = self.world.write() {
            *there = Some(world);
        }
    }

    /// Lets the world go.
    pub fn detach(&self) {
        if let Ok(mut there) = self.world.write() {
            *there = None;
        }
    }

    fn world(&self) -> Result<Arc<World>, answers::Trouble> {
        self.world.read().ok().and_then(|there| there.clone()).ok_or(answers::Trouble::Starting)
    }

    /// The desk's page and what it calls.
    pub fn router(&self) -> Router {
        let api = Router::new()
            .route("/state", get(system::state))
            .route("/clock", post(system::move_clock))
            .route("/schedules/{function}", post(system::run_schedule))
            .route("/audit", get(system::audit))
            .route("/wechatpay/orders", get(cashier::orders))
            .route("/wechatpay/orders/{order_no}/pay", post(cashier::pay_order))
            .route("/wechatpay/orders/{order_no}/notify", post(cashier::notify_again))
            .route("/wechatpay/pay", post(cashier::pay_in_app))
            .route("/wechatpay/opened", get(h5::show).post(h5::pay))
            .route("/alipay/orders", get(alipay::orders))
            .route("/alipay/orders/{order_no}/pay", post(alipay::pay_order))
            .route("/alipay/orders/{order_no}/notify", post(alipay::notify_again))
            .route("/alipay/pay", post(alipay::pay_in_app))
            .route("/alipay/login-codes", post(alipay::login_code))
            .route("/unionpay/orders", get(unionpay::orders))
            .route("/unionpay/orders/{order_no}/pay", post(unionpay::pay_order))
            .route("/unionpay/orders/{order_no}/notify", post(unionpay::notify_again))
            .route("/unionpay/pay", post(unionpay::pay))
            .route("/weixin/login-codes", post(cashier::login_code))
            .route("/inbox", get(cashier::inbox))
            .route("/invoices", get(cashier::invoices))
            .route("/invoices/{serial_no}/pdf", get(cashier::invoice_pdf))
            .route("/switches", get(switches::list))
            .route("/switches/{party}", put(switches::set))
            .route("/households", get(households::list))
            .route("/repairs/{repair_no}", post(repairs::work))
            .with_state(self.clone());
        Router::new()
            .route("/", get(|| async { Redirect::temporary("/sandbox/") }))
            .route("/sandbox", get(|| async { Redirect::temporary("/sandbox/") }))
            .route("/sandbox/", get(|| async { asset("text/html; charset=utf-8", include_str!("desk.html")) }))
            .route("/sandbox/desk.css", get(|| async { asset("text/css; charset=utf-8", include_str!("desk.css")) }))
            .route(
                "/sandbox/desk.js",
                get(|| async { asset("text/javascript; charset=utf-8", include_str!("desk.js")) }),
            )
            .route(h5::PATH, get(|| async { asset("text/html; charset=utf-8", include_str!("h5.html")) }))
            .route("/sandbox/h5.js", get(|| async { asset("text/javascript; charset=utf-8", include_str!("h5.js")) }))
            .nest("/sandbox/api", api)
    }
}

fn asset(kind: &'static str, text: &'static str) -> impl IntoResponse {
    (
        [
            (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
            (
                header::CONTENT_SECURITY_POLICY,
                HeaderValue::from_static("default-src 'self'; frame-ancestors 'none'; base-uri 'none'"),
            ),
        ],
        text,
    )
}
