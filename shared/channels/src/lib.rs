//! Payment channels behind one trait; a folder a channel.

mod channel;
mod channels;
pub mod wechatpay;

pub use channel::{
    ChannelError, CloseOutcome, MoneyRefunded, Notification, NotificationError, OrderRequest, OrderState,
    PaymentChannel, RefundRequest, RefundState,
};
pub use channels::Channels;
