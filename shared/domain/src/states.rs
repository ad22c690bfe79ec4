//! Life cycles: which event moves what from which state to which. Each is written as one exhaustive match and shown as a
//! table in `docs/state-machines.md`.

/// An event that the state does not allow. Nothing changes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{subject} is {state}: {event} is not allowed")]
pub struct Refused {
    /// What it happened to: `payment`.
    pub subject: &'static str,
    /// The state it was in.
    pub state: &'static str,
    /// What happened.
    pub event: &'static str,
}

/// Something whose state only events change.
pub trait LifeCycle: Copy + PartialEq + 'static {
    /// What can happen to it.
    type Event: Copy + 'static;
    /// What it is: `payment`.
    const SUBJECT: &'static str;
    /// Every state, in the order of life.
    const STATES: &'static [Self];
    /// Every event.
    const EVENTS: &'static [Self::Event];

    /// The state's name in records.
    fn state_name(self) -> &'static str;
    /// The event's name in documents.
    fn event_name(event: Self::Event) -> &'static str;
    /// Where the event leads.
    fn after(self, event: Self::Event) -> Result<Self, Refused>;
}

/// Gives an enum the list of its values and their names.
macro_rules! names {
    ($enum:ident { $($value:ident => $name:literal),+ $(,)? }) => {
        impl $enum {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$value),+];

            /// The name in records.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$value => $name),+
                }
            }
        }
    };
}

/// Makes a life cycle of a status enum and its event enum; the status has `on(event) -> Option<Self>` written by hand.
macro_rules! life_cycle {
    ($subject:literal, $status:ident on $event:ident) => {
        impl $status {
            /// Where the event leads; an event that the state does not allow is refused and changes nothing.
            pub fn on(self, event: $event) -> Result<Self, crate::states::Refused> {
                self.step(event).ok_or(crate::states::Refused {
                    subject: $subject,
                    state: self.name(),
                    event: event.name(),
                })
            }
        }

        impl crate::states::LifeCycle for $status {
            type Event = $event;
            const SUBJECT: &'static str = $subject;
            const STATES: &'static [Self] = Self::ALL;
            const EVENTS: &'static [$event] = $event::ALL;

            fn state_name(self) -> &'static str {
                self.name()
            }

            fn event_name(event: $event) -> &'static str {
                event.name()
            }

            fn after(self, event: $event) -> Result<Self, crate::states::Refused> {
                self.on(event)
            }
        }
    };
}

pub(crate) use {life_cycle, names};

/// The life cycle as a markdown table: a row an event, a column a state, `–` where the event is refused.
pub fn markdown<S: LifeCycle>() -> String {
    let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let states = S::STATES.iter().map(|state| state.state_name().to_owned());
    let mut table = row(std::iter::once("event".to_owned()).chain(states).collect());
    table.push_str(&row(vec!["---".to_owned(); S::STATES.len() + 1]));
    for &event in S::EVENTS {
        let name = S::event_name(event).to_owned();
        let moves = S::STATES.iter().map(|&state| match state.after(event) {
            Ok(same) if same == state => "stays".to_owned(),
            Ok(next) => format!("→ {}", next.state_name()),
            Err(_) => "–".to_owned(),
        });
        table.push_str(&row(std::iter::once(name).chain(moves).collect()));
    }
    table
}

/// All life cycles of the trade as one markdown page.
pub fn page() -> String {
    let part = |title: &str, note: &str, table: String| format!("\n## {title}\n\n{note}\n\n{table}");
    [
        "# State machines\n\nMade from `shared/domain` by its tests (`HEATPAY_WRITE_DOCS=1 cargo test -p heatpay-domain`); \
         do not edit. `–`: the event is refused and changes nothing.\n"
            .to_owned(),
        part(
            "Payment",
            "Only `payment-settle` feeds the two money events. `closing` ends when the channel says so, never by our clock.",
            markdown::<crate::payment::PaymentStatus>(),
        ),
        part("Bill", "Overdue is computed from the dates, it is no state.", markdown::<crate::bill::BillStatus>()),
        part(
            "Refund",
            "A stray's refund is opened `approved`: the money was never ours. A refund that the channel closed goes out \
             again under another number, is paid another way, or is given up; an abnormal one still has its number at the \
             channel and is asked about, never sent under another.",
            markdown::<crate::refund::RefundStatus>(),
        ),
        part(
            "Invoice",
            "The platform may still issue what it reported as failed (the drawer signs in, the tax bureau retries).",
            markdown::<crate::invoice::InvoiceStatus>(),
        ),
        part(
            "Notification",
            "`skipped`: nobody to tell, opted out, or no longer true.",
            markdown::<crate::notification::NotificationStatus>(),
        ),
        part(
            "Repair",
            "A resident takes a report back as long as nobody is at it. `rated` and `cancelled` are final; so is `done` where \
             he says nothing.",
            markdown::<crate::repair::RepairStatus>(),
        ),
        part(
            "Reconciliation case",
            "A difference that a statement shows; only what had gone by itself can come back.",
            markdown::<crate::reconcile::CaseState>(),
        ),
        part("Staff", "Only `active` signs in; disabling and resetting end all sessions.", markdown::<crate::staff::StaffStatus>()),
    ]
    .concat()
}
