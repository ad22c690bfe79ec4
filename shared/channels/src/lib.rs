//! Payment channels behind one trait; a folder a channel.

mod channel;
mod channels;
mod statement;
pub mod unionpay;
pub mod wechatpay;

pub use channel::{
    ChannelError, CloseOutcome, MoneyRefunded, Notification, NotificationError, OrderRef, OrderRequest, OrderState,
    PaymentChannel, RefundRequest, RefundState,
};
pub use channels::Channels;
pub use statement::{StatementFile, StatementLines, StatementSource};
