//! The queues and the topic, in memory: delayed, delivered at least once, in any order.

use jiff::{SignedDuration, Timestamp};

/// A queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Queue {
    /// Evidence for `payment-settle`.
    Settlement,
    /// Payments for `payment-watch`.
    Watch,
    /// Refunds for `refund-execute`.
    Refund,
    /// Paid payments for `invoice-issue`.
    Invoice,
    /// Days for `reconcile`.
    Reconcile,
    /// Households for `prepayment-draw`.
    Prepayment,
}

impl Queue {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Settlement, Self::Watch, Self::Refund, Self::Invoice, Self::Reconcile, Self::Prepayment];

    /// The name, also in its URL.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Settlement => "settlement",
            Self::Watch => "watch",
            Self::Refund => "refund",
            Self::Invoice => "invoice",
            Self::Reconcile => "reconcile",
            Self::Prepayment => "prepayment",
        }
    }

    /// Its URL.
    pub fn url(self) -> String {
        format!("http://in.process/{}", self.name())
    }

    /// The queue of a URL.
    pub fn of_url(url: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|queue| url.ends_with(queue.name()))
    }
}

/// A message.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its number.
    pub id: u64,
    /// Where it is.
    pub queue: Queue,
    /// What it says.
    pub body: String,
    /// Nobody gets it before.
    pub visible_at: Timestamp,
    /// Somebody is handling it.
    pub handled: bool,
}

/// How long a message stays hidden when its handler failed or died.
const HIDDEN: SignedDuration = SignedDuration::from_secs(60);

/// All messages, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Queues(pub Vec<Message>);

impl Queues {
    /// Takes a message.
    pub fn send(&mut self, id: u64, queue: Queue, body: String, visible_at: Timestamp) {
        self.0.push(Message { id, queue, body, visible_at, handled: false });
    }

    /// Takes an event to the queues that subscribed to it, as the template says.
    pub fn publish(&mut self, id: u64, kind: &str, body: &str, now: Timestamp) {
        match kind {
            "payment.paid" => self.send(id, Queue::Invoice, body.to_owned(), now),
            "prepayment.received" => self.send(id, Queue::Prepayment, body.to_owned(), now),
            "refund.requested" => self.send(id, Queue::Refund, body.to_owned(), now),
            _ => {}
        }
    }

    /// What may be delivered.
    pub fn visible(&self, now: Timestamp) -> impl Iterator<Item = &Message> {
        self.0.iter().filter(move |message| !message.handled && message.visible_at <= now)
    }

    /// Marks a message as being handled, and answers it.
    pub fn receive(&mut self, id: u64) -> Option<Message> {
        let message = self.0.iter_mut().find(|message| message.id == id)?;
        message.handled = true;
        Some(message.clone())
    }

    /// The handler was done with it.
    pub fn delete(&mut self, id: u64) {
        self.0.retain(|message| message.id != id);
    }

    /// The handler failed or died: it comes again.
    pub fn come_again(&mut self, id: u64, now: Timestamp) {
        if let Some(message) = self.0.iter_mut().find(|message| message.id == id) {
            message.handled = false;
            message.visible_at = now + HIDDEN;
        }
    }
}
