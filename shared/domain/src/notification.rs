//! What residents are told, by subscribe message or SMS.

use crate::{
    AccountNo, BillNo, NotificationNo, PaymentNo, RefundNo, ResidentId,
    states::{life_cycle, names},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where a notification stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotificationStatus {
    /// To be sent at its time.
    Queued,
    /// Handed to a provider, the outcome not yet known. SMS cannot be sent twice safely: look it up first.
    Sending,
    /// A provider took it.
    Sent,
    /// No provider takes it.
    Failed,
    /// Not sent on purpose.
    Skipped,
}

/// What can happen to a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NotificationEvent {
    /// Its time has come and one worker took it.
    Claimed,
    /// A provider took it, or a look-up found it sent.
    ProviderAccepted,
    /// Nothing was sent and it may work later.
    ProviderBusy,
    /// Every provider refused for good.
    ProviderRefused,
    /// Nobody to tell, opted out, or no longer true (the bill is paid).
    NotNeeded,
}

names!(NotificationStatus {
    Queued => "queued",
    Sending => "sending",
    Sent => "sent",
    Failed => "failed",
    Skipped => "skipped",
});

names!(NotificationEvent {
    Claimed => "claimed",
    ProviderAccepted => "provider accepted",
    ProviderBusy => "provider busy, nothing sent",
    ProviderRefused => "provider refused",
    NotNeeded => "not needed",
});

life_cycle!("notification", NotificationStatus on NotificationEvent);

impl NotificationStatus {
    /// Something is still to be done.
    pub const fn is_open(self) -> bool {
        match self {
            Self::Queued | Self::Sending => true,
            Self::Sent | Self::Failed | Self::Skipped => false,
        }
    }

    const fn step(self, event: NotificationEvent) -> Option<Self> {
        use NotificationEvent as On;
        match (self, event) {
            (Self::Queued, On::Claimed) => Some(Self::Sending),
            (Self::Queued | Self::Sending, On::NotNeeded) => Some(Self::Skipped),
            (Self::Sending, On::ProviderAccepted) => Some(Self::Sent),
            (Self::Sending, On::ProviderBusy) => Some(Self::Queued),
            (Self::Sending, On::ProviderRefused) => Some(Self::Failed),
            (Self::Queued, On::ProviderAccepted | On::ProviderBusy | On::ProviderRefused)
            | (Self::Sending, On::Claimed)
            | (
                Self::Sent | Self::Failed | Self::Skipped,
                On::Claimed | On::ProviderAccepted | On::ProviderBusy | On::ProviderRefused | On::NotNeeded,
            ) => None,
        }
    }
}

/// What a notification tells.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "tells")]
pub enum NotificationKind {
    /// 缴费成功
    PaymentReceived {
        /// The payment.
        payment_no: PaymentNo,
    },
    /// 催缴
    Reminder {
        /// The bill.
        bill_no: BillNo,
        /// The stage's name in the reminder plan.
        stage: String,
    },
    /// 退款到账
    RefundPaidOut {
        /// The refund.
        refund_no: RefundNo,
    },
}

impl NotificationKind {
    /// The kind's name in records and in the choice of a template: a reminder's is its stage.
    pub fn template(&self) -> &str {
        match self {
            Self::PaymentReceived { .. } => "payment_received",
            Self::Reminder { stage, .. } => stage,
            Self::RefundPaidOut { .. } => "refund_paid_out",
        }
    }

    /// The number of telling this to that resident, or to the household's phone on file where `to` is nobody.
    pub fn number(&self, to: Option<&ResidentId>) -> NotificationNo {
        let to = to.map_or("household", ResidentId::as_str);
        match self {
            Self::PaymentReceived { payment_no } => NotificationNo::of_cause(&["paid", payment_no.as_str(), to]),
            Self::Reminder { bill_no, stage } => NotificationNo::of_cause(&["reminder", bill_no.as_str(), stage, to]),
            Self::RefundPaidOut { refund_no } => NotificationNo::of_cause(&["refunded", refund_no.as_str(), to]),
        }
    }
}

/// The way a notification went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotificationRoute {
    /// 微信订阅消息
    WeixinMessage,
    /// 短信
    Sms,
}

/// A notification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    /// Named by what it tells to whom: telling twice is the same notification.
    pub notification_no: NotificationNo,
    /// What it tells.
    pub kind: NotificationKind,
    /// The household it is about.
    pub account_no: AccountNo,
    /// To whom; nobody: to the household's phone on file.
    pub resident_id: Option<ResidentId>,
    /// The resident's openid, where a subscribe message is possible.
    pub openid: Option<String>,
    /// The figures in the text: `amount`, `due_on`, `season`…
    pub values: BTreeMap<String, String>,
    /// The resident may have opted out of it.
    pub may_opt_out: bool,
    /// Where it stands.
    pub status: NotificationStatus,
    /// Not before.
    pub send_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
    /// How often a worker took it.
    pub attempts: u32,
    /// The way it went, or is going.
    pub route: Option<NotificationRoute>,
    /// The provider's number for it (`BizId`, `msgid`).
    pub provider_no: Option<String>,
    /// The provider's last words where it did not go.
    pub error: Option<String>,
    /// Counts every write; conditions compare it.
    pub version: u64,
}
