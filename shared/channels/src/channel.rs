use crate::StatementSource;
use async_trait::async_trait;
use heatpay_domain::{
    Channel, Evidence, Fen, PaymentNo, RefundNo,
    payment::{Payment, Scene},
    refund::Refund,
};
use heatpay_ports::OutboundError;
use http::HeaderMap;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// An order to place at a channel. The same order placed again is the same order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderRequest {
    /// The order number.
    pub payment_no: PaymentNo,
    /// What the payer is charged, in fen, at least 1.
    pub amount: Fen,
    /// What the payer reads: 「2026-2027采暖季 供热费」.
    pub description: String,
    /// How the client pays.
    pub scene: Scene,
    /// When the payment was made; with the number, an order's identity at UnionPay.
    pub placed_at: Timestamp,
    /// The payer as the channel's own client knows him (Jsapi only).
    pub openid: Option<String>,
    /// The payer's address (H5 only).
    pub client_ip: Option<String>,
    /// The channel refuses the payer from then on.
    pub expires_at: Timestamp,
}

/// What names an order at a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderRef {
    /// The order number.
    pub payment_no: PaymentNo,
    /// When the payment was made: what the order was dated, for the channel that knows it by both (UnionPay).
    pub placed_at: Timestamp,
    /// From then on it can no longer be paid: what closes it at the channel that takes no call to (UnionPay).
    pub expires_at: Timestamp,
}

impl OrderRef {
    /// The order of a payment.
    pub fn of(payment: &Payment) -> Self {
        Self { payment_no: payment.payment_no.clone(), placed_at: payment.created_at, expires_at: payment.expires_at }
    }
}

/// How an order stands at the channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderState {
    /// The channel knows no such order.
    Unknown,
    /// It waits for the payer.
    Waiting,
    /// It was paid (it may have been refunded since).
    Paid(Box<Evidence>),
    /// It can no longer be paid.
    Closed,
}

/// What came of asking the channel to close an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseOutcome {
    /// The channel confirms: it can no longer be paid.
    Closed,
    /// Too late, it was paid: ask for the evidence.
    AlreadyPaid,
    /// The channel knows no such order.
    Unknown,
    /// It can still be paid, and nothing but its own time ends that: ask again, at the latest when it expires.
    StillOpen,
}

/// Money to send back. The same refund number sent again is the same refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundRequest {
    /// The refund's number.
    pub refund_no: RefundNo,
    /// The channel's transaction the money came by.
    pub channel_txn: String,
    /// What goes back, in fen.
    pub amount: Fen,
    /// What the payer had been charged for the whole order.
    pub order_amount: Fen,
    /// When the money had arrived: on the same settlement day UnionPay undoes the order instead.
    pub paid_at: Timestamp,
    /// When this number was fixed: what the refund is dated, for the channel that knows it by both (UnionPay).
    pub numbered_at: Timestamp,
    /// Shown to the payer, at most 80 characters.
    pub reason: String,
}

impl RefundRequest {
    /// The refund under the number it has at the channel now.
    pub fn of(refund: &Refund) -> Self {
        Self {
            refund_no: refund.number_at_channel(),
            channel_txn: refund.channel_txn.clone(),
            amount: refund.amount,
            order_amount: refund.order_amount,
            paid_at: refund.paid_at,
            numbered_at: refund.numbered_at,
            reason: refund.reason.text().to_owned(),
        }
    }
}

/// A refund the channel completed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoneyRefunded {
    /// Our refund number.
    pub refund_no: String,
    /// The channel's number.
    pub channel_refund_no: String,
    /// What went back.
    pub amount: Fen,
    /// When.
    pub refunded_at: Option<Timestamp>,
    /// The verified text it was read from.
    pub raw: String,
}

/// How a refund stands at the channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefundState {
    /// The channel knows no such refund: send it (again, with the same number).
    Unknown,
    /// Under way.
    Processing,
    /// Done.
    Succeeded(MoneyRefunded),
    /// The channel gave up; the money is still ours to return, under a new number.
    Closed,
    /// The payer's card cannot take it; a person must decide.
    Abnormal,
}

/// A verified notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notification {
    /// Money arrived.
    Paid(Box<Evidence>),
    /// A refund moved.
    Refund {
        /// Our refund number.
        refund_no: String,
        /// Where it stands now.
        state: RefundState,
    },
    /// Signed and ours, but no money moved (an order was closed unpaid): to be acknowledged, and nothing else.
    NoMoney,
}

/// Why a channel did not do what was asked; the classes say what may be done next.
#[derive(Debug, thiserror::Error)]
pub enum ChannelError {
    /// Time-out, broken connection, 5xx, an answer that cannot be verified: the outcome is unknown. Ask with the same number.
    #[error("outcome at {channel:?} unknown")]
    OutcomeUnknown {
        /// The channel.
        channel: Channel,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Nothing was done and the same call may work later: no connection, rate limit, the merchant's balance too small.
    #[error("{channel:?} cannot serve the call now: {code}")]
    TryLater {
        /// The channel.
        channel: Channel,
        /// The channel's code.
        code: String,
    },
    /// The channel refused for good.
    #[error("{channel:?} refused: {code} {message}")]
    Refused {
        /// The channel.
        channel: Channel,
        /// The channel's code.
        code: String,
        /// The channel's words.
        message: String,
    },
    /// Our keys, clock or merchant settings are wrong: every call will fail; alert, do not loop.
    #[error("{channel:?} does not accept our credentials: {code}")]
    Misconfigured {
        /// The channel.
        channel: Channel,
        /// The channel's code.
        code: String,
    },
}

impl ChannelError {
    /// The channel cannot be paid in that scene.
    pub fn no_such_scene(channel: Channel, scene: Scene) -> Self {
        let message = format!("{} takes no order of the scene {}", channel.name(), scene.name());
        Self::Refused { channel, code: "no_such_scene".to_owned(), message }
    }

    /// The class of a transport failure.
    pub fn of_transport(channel: Channel, error: OutboundError) -> Self {
        match error {
            OutboundError::NotSent { .. } | OutboundError::Denied(_) => {
                Self::TryLater { channel, code: "no_connection".to_owned() }
            }
            OutboundError::NoAnswer { .. } | OutboundError::TooLarge { .. } => {
                Self::OutcomeUnknown { channel, source: Box::new(error) }
            }
        }
    }
}

/// Why a notification is not believed.
#[derive(Debug, thiserror::Error)]
pub enum NotificationError {
    /// Headers missing, signature wrong, too old, unknown key: not from the channel.
    #[error("not signed by the channel: {0}")]
    NotAuthentic(&'static str),
    /// Signed, but not for us or not understood; a person must look.
    #[error("signed, but not for us: {0}")]
    NotForUs(&'static str),
    /// The key to verify it could not be fetched now; the channel should send again.
    #[error("cannot be verified now")]
    TryLater(#[source] ChannelError),
}

/// What every payment channel can do. Each method is one call to the channel (and at most one refresh of its keys).
#[async_trait]
pub trait PaymentChannel: Send + Sync {
    /// Which channel.
    fn channel(&self) -> Channel;

    /// Our merchant number there.
    fn merchant(&self) -> &str;

    /// Places the order; answers the handle the client parameters are made from. `now` is what the request is dated.
    async fn place_order(&self, order: &OrderRequest, now: Timestamp) -> Result<String, ChannelError>;

    /// What the client hands to the channel, signed afresh: names and values as the channel's client SDK takes them.
    fn client_parameters(&self, scene: Scene, handle: &str, now: Timestamp) -> BTreeMap<String, String>;

    /// How the order stands.
    async fn query_order(&self, order: &OrderRef, now: Timestamp) -> Result<OrderState, ChannelError>;

    /// Asks the channel to refuse the payer from now on.
    async fn close_order(&self, order: &OrderRef, now: Timestamp) -> Result<CloseOutcome, ChannelError>;

    /// Sends money back to where it came from.
    async fn refund(&self, refund: &RefundRequest, now: Timestamp) -> Result<RefundState, ChannelError>;

    /// How a refund stands.
    async fn query_refund(&self, refund: &RefundRequest, now: Timestamp) -> Result<RefundState, ChannelError>;

    /// Its statements, where it makes any.
    fn statements(&self) -> Option<&dyn StatementSource> {
        None
    }

    /// Verifies and opens a notification from its raw bytes.
    async fn read_notification(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Notification, NotificationError>;
}
