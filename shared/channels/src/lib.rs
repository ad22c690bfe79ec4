//! Payment channels behind one trait; a folder a channel.

pub mod alipay;
mod channel;
mod channels;
mod statement;
pub mod unionpay;
pub mod wechatpay;

pub use channel::{
    ChannelError, CloseOutcome, MoneyRefunded, Notification, NotificationError, OrderRef, OrderRequest, OrderState,
    PaymentChannel, RefundRequest, RefundState,
};
pub use channels::{Channels, alipay as alipay_of};
pub use statement::{MAX_STATEMENT_BYTES, StatementFile, StatementLines, StatementSource};
