//! Payers and the provider's side: money is taken, right, wrong, twice or for a closed order; notifications come, come again, or are
//! lost; refunds move; what was on its way arrives.

use crate::{
    actors::{http::answer, processes},
    channel::Body,
    dice::Dice,
    provider::{About, Going, MERCHANT},
    world::{Waits, World},
};
use ::http::{Method, Request};
use heatpay_domain::Fen;

/// What may happen there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// One of the latest orders (0: the last) is paid, right or by so many fen wrong.
    Pay {
        /// Which.
        nth: u8,
        /// How wrong.
        wrong_by: i64,
    },
    /// Money is taken for an order though it was paid or closed.
    PayDespite {
        /// Which.
        nth: u8,
    },
    /// Money is taken for an order under another merchant number.
    PayOtherMerchant {
        /// Which.
        nth: u8,
    },
    /// Money is taken for an order that is none of ours.
    PayStranger,
    /// A notification that was not acknowledged is posted.
    Notify {
        /// Which; 0 is the oldest.
        nth: u8,
        /// How far the handler comes now.
        steps: u8,
    },
    /// Any notification is posted once more.
    NotifyAgain {
        /// Which.
        nth: u8,
        /// How far the handler comes now.
        steps: u8,
    },
    /// A notification is lost for good: a query tells the same, or the statement of the day.
    Lose {
        /// Which.
        nth: u8,
    },
    /// A refund moves.
    Refund {
        /// Which.
        nth: u8,
        /// Where to.
        going: Going,
    },
    /// A request that its sender has given up arrives.
    Arrive {
        /// Which.
        nth: u8,
    },
}

/// What happens there next.
pub fn think(dice: &mut Dice) -> Deed {
    let nth = dice.small(3);
    let steps = processes::steps(dice);
    match dice.below(60) {
        0..=21 => Deed::Pay {
            nth: dice.choose(&[(5, 0), (2, 1), (1, 2)]),
            wrong_by: dice.choose(&[(18, 0), (1, -1), (1, 1)]),
        },
        22..=24 => Deed::PayDespite { nth },
        25 => Deed::PayOtherMerchant { nth },
        26 => Deed::PayStranger,
        27..=42 => Deed::Notify { nth: dice.choose(&[(5, 0), (1, 1), (1, 2)]), steps },
        43..=46 => Deed::NotifyAgain { nth, steps },
        47..=48 => Deed::Lose { nth },
        49..=54 => Deed::Refund {
            nth: dice.choose(&[(5, 0), (1, 1)]),
            going: dice.choose(&[(8, Going::Done), (1, Going::Closed), (1, Going::Abnormal)]),
        },
        _ => Deed::Arrive { nth: dice.choose(&[(5, 0), (1, 1)]) },
    }
}

impl Deed {
    /// Does it.
    pub fn happen(&self, world: &mut World) {
        match *self {
            Self::Pay { nth, wrong_by } => {
                let now = world.town.state().now;
                let Some((number, amount)) = order(world, nth, |_, payable| payable, now) else { return };
                take(world, &number, MERCHANT, Fen(amount.0 + wrong_by));
            }
            Self::PayDespite { nth } => {
                let now = world.town.state().now;
                let Some((number, amount)) = order(world, nth, |_, payable| !payable, now) else { return };
                take(world, &number, MERCHANT, amount);
            }
            Self::PayOtherMerchant { nth } => {
                let now = world.town.state().now;
                let Some((number, amount)) = order(world, nth, |_, _| true, now) else { return };
                take(world, &number, "1900000002", amount);
            }
            Self::PayStranger => take(world, "X-OF-ANOTHER-SHOP", MERCHANT, Fen(4_200)),
            Self::Notify { nth, steps } => {
                let found = {
                    let state = world.town.state();
                    let notices = state.provider.notices.iter().enumerate();
                    notices.filter(|(_, notice)| !notice.ended).map(|(at, _)| at).nth(usize::from(nth))
                };
                if let Some(at) = found {
                    notify(world, at, steps);
                }
            }
            Self::NotifyAgain { nth, steps } => {
                let count = world.town.state().provider.notices.len();
                if let Some(at) = usize::from(nth).checked_rem(count) {
                    notify(world, count - 1 - at, steps);
                }
            }
            Self::Lose { nth } => lose(world, nth),
            Self::Refund { nth, going } => {
                let mut state = world.town.state();
                let open = |going: Going| matches!(going, Going::Processing | Going::Abnormal);
                let backs = state.provider.backs.iter().enumerate();
                let found = backs.filter(|(_, back)| open(back.going)).map(|(at, _)| at).nth(usize::from(nth));
                if let Some(at) = found {
                    let now = state.now;
                    state.provider.move_refund(at, going, now);
                    state.tell(|| format!("The provider's refund number {at} is {going:?}."));
                }
            }
            Self::Arrive { nth } => {
                let mut state = world.town.state();
                let now = state.now;
                if let Some(arrived) = state.provider.arrive(usize::from(nth), now) {
                    state.tell(|| format!("The provider gets what was on its way: {arrived:?}."));
                }
            }
        }
    }
}

/// The nth-latest order for which the test holds, told whether a payer could pay it now.
fn order(world: &World, nth: u8, test: impl Fn(&str, bool) -> bool, now: jiff::Timestamp) -> Option<(String, Fen)> {
    let state = world.town.state();
    let orders = state.provider.orders.iter().rev();
    let found = orders.filter(|order| {
        // Who began to pay in time may finish a minute late.
        let in_time = now < order.expires_at + jiff::SignedDuration::from_secs(60);
        test(&order.payment_no, in_time && !order.closed && !state.provider.is_paid(&order.payment_no))
    });
    found.map(|order| (order.payment_no.clone(), order.amount)).nth(usize::from(nth))
}

fn take(world: &World, order_no: &str, merchant: &str, amount: Fen) {
    let mut state = world.town.state();
    let (number, now) = (state.number(), state.now);
    if state.provider.lost.contains(order_no) {
        // Whichever of the two is told first, no query tells the other.
        state.statements_matter = true;
    }
    let txn = state.provider.take(number, order_no, merchant, amount, now);
    state.tell(|| format!("The provider takes {} fen for {order_no} (merchant {merchant}): {txn}.", amount.0));
}

/// A notification is posted to us.
pub fn notify(world: &mut World, at: usize, steps: u8) {
    let Some(notice) = world.town.state().provider.notices.get(at).cloned() else { return };
    let body = match notice.about {
        About::Txn(at) => Body::Txn(at),
        About::Refund(at) => Body::Refund(at),
    };
    let body = serde_json::to_vec(&body).unwrap_or_default();
    let mut request = Request::new(axum::body::Body::from(body));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = ::http::Uri::from_static("/callbacks/wechatpay");
    let name = || format!("The provider posts its notification of {:?}.", notice.about);
    let router = world.handlers.callback.clone();
    world.start(name, Waits::Provider(at), steps, answer(router, request));
}

/// What no query tells either (the second payment of an order, money for one that is closed or none of ours) is told by the next
/// day's statement: the world does not rest before that. Of another merchant's money we get no statement; it is not lost.
fn lose(world: &World, nth: u8) {
    let mut state = world.town.state();
    let provider = &state.provider;
    let ours = |about: &About| match about {
        About::Refund(_) => true,
        About::Txn(at) => provider.txns.get(*at).is_some_and(|txn| txn.merchant == MERCHANT),
    };
    let notices = provider.notices.iter().enumerate().filter(|(_, notice)| !notice.ended && ours(&notice.about));
    let Some((at, about)) = notices.map(|(at, notice)| (at, notice.about.clone())).nth(usize::from(nth)) else {
        return;
    };
    if !told_by_query(&state, &about) {
        state.statements_matter = true;
    }
    state.provider.lose(at);
    state.tell(|| format!("Notification number {at} is lost."));
}

fn told_by_query(state: &crate::town::State, about: &About) -> bool {
    let provider = &state.provider;
    match about {
        About::Refund(_) => true,
        About::Txn(at) => provider.txns.get(*at).is_some_and(|txn| {
            let only = provider.txns.iter().filter(|other| other.order_no == txn.order_no).count() == 1;
            let closed = provider.orders.iter().any(|order| order.payment_no == txn.order_no && order.closed);
            only && !closed && provider.is_paid(&txn.order_no) && is_watched(state, &txn.order_no)
        }),
    }
}

/// Whether the payment is open, so that the watch will ask about it.
fn is_watched(state: &crate::town::State, payment_no: &str) -> bool {
    let payment = state.tables.item("payments", payment_no);
    payment
        .is_some_and(|payment| matches!(crate::tables::text(payment, "status"), "submitting" | "pending" | "closing"))
}
