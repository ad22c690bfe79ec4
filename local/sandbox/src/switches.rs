//! What goes wrong at a third party, switched by the desk and the tests.

use axum::{
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, PoisonError};

/// How the party answers calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outage {
    /// As it should.
    #[default]
    None,
    /// 503 to everything.
    Down,
    /// The connection breaks before anything is done.
    BreaksBefore,
    /// It does what it was asked to, and the connection breaks before the answer.
    BreaksAfter,
}

/// What becomes of the party's own calls to us.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Callbacks {
    /// Sent at once, repeated until acknowledged.
    #[default]
    Normal,
    /// Never sent.
    Drop,
    /// Sent so many seconds later.
    Delay(i64),
    /// Each one sent twice.
    Double,
    /// The last first.
    Reorder,
    /// Each one sent twice, all that are due in an order of chance.
    Shuffle,
}

/// How the party's statements come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Statements {
    /// As they should.
    #[default]
    Proper,
    /// The rows in an order of chance.
    Shuffled,
    /// Each row twice, and counted twice where rows are counted.
    Doubled,
    /// The text breaks off; what packs it is whole, and so is its digest.
    Truncated,
    /// The text is whole, its digest or checksum is another's.
    WrongHash,
    /// A file without a row, although money moved.
    Empty,
}

/// One party's switches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switched {
    /// Answers.
    pub outage: Outage,
    /// For how many calls the outage lasts; `None`: until switched back.
    pub calls: Option<u32>,
    /// Callbacks.
    pub callbacks: Callbacks,
    /// Statements.
    pub statements: Statements,
}

/// The switches of one party; clones are the same switches.
#[derive(Clone, Debug, Default)]
pub struct Switches(Arc<Mutex<Switched>>);

impl Switches {
    /// As they stand.
    pub fn read(&self) -> Switched {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets the outage until it is set again, or for a number of calls.
    pub fn set_outage(&self, outage: Outage, calls: Option<u32>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (state.outage, state.calls) = (outage, calls);
    }

    /// Sets what becomes of callbacks.
    pub fn set_callbacks(&self, callbacks: Callbacks) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).callbacks = callbacks;
    }

    /// Sets how statements come, those of days past too.
    pub fn set_statements(&self, statements: Statements) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).statements = statements;
    }

    /// The outage that this call meets.
    fn meet(&self) -> Outage {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let met = state.outage;
        if met != Outage::None
            && let Some(left) = state.calls.as_mut()
        {
            *left = left.saturating_sub(1);
            if *left == 0 {
                (state.outage, state.calls) = (Outage::None, None);
            }
        }
        met
    }
}

/// The middleware that lets calls meet the outage.
pub async fn apply(State(switches): State<Switches>, request: Request, next: Next) -> Response {
    match switches.meet() {
        Outage::None => next.run(request).await,
        Outage::Down => {
            let body = r#"{"code":"SYSTEM_ERROR","message":"系统繁忙"}"#;
            (StatusCode::SERVICE_UNAVAILABLE, body).into_response()
        }
        Outage::BreaksBefore => break_connection(),
        Outage::BreaksAfter => {
            let _done = next.run(request).await;
            break_connection()
        }
    }
}

/// Ends the connection's task without an answer; the client sees it close. No panic is reported: it is none.
fn break_connection() -> Response {
    std::panic::resume_unwind(Box::new("the connection breaks"))
}
