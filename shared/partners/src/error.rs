use heatpay_ports::{OutboundError, OutboundResponse};
use http::StatusCode;

/// Why a partner did not do what was asked; the classes say what may be done next.
#[derive(Debug, thiserror::Error)]
pub enum PartnerError {
    /// Time-out, broken connection, 5xx, an answer that cannot be read: it may have been done. Ask before doing it again.
    #[error("outcome at {partner} unknown")]
    OutcomeUnknown {
        /// Whom we called.
        partner: &'static str,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Nothing was done and the same call may work later: no connection, rate limit, the partner says that it is busy.
    #[error("{partner} cannot serve the call now: {code}")]
    TryLater {
        /// Whom we called.
        partner: &'static str,
        /// The partner's code.
        code: String,
    },
    /// Refused for good: what we sent breaks the partner's rules.
    #[error("{partner} refused: {code} {message}")]
    Refused {
        /// Whom we called.
        partner: &'static str,
        /// The partner's code.
        code: String,
        /// The partner's words.
        message: String,
    },
    /// Our keys, clock, account or settings there are wrong: every call will fail; alert, do not loop.
    #[error("{partner} does not accept our account or settings: {code}")]
    Misconfigured {
        /// Whom we called.
        partner: &'static str,
        /// The partner's code.
        code: String,
    },
}

/// An answer that is not what the protocol promises.
#[derive(Debug, thiserror::Error)]
#[error("unreadable answer, HTTP {status}")]
pub struct Unreadable {
    /// The answer's status.
    pub status: StatusCode,
    /// What the reader stumbled over.
    #[source]
    pub source: Option<serde_json::Error>,
}

impl PartnerError {
    /// The class of a transport failure.
    pub(crate) fn of_transport(partner: &'static str, error: OutboundError) -> Self {
        match error {
            OutboundError::NotSent { .. } | OutboundError::Denied(_) => {
                Self::TryLater { partner, code: "no_connection".to_owned() }
            }
            OutboundError::NoAnswer { .. } | OutboundError::TooLarge { .. } => {
                Self::OutcomeUnknown { partner, source: Box::new(error) }
            }
        }
    }

    /// An answer outside the protocol leaves the outcome open.
    pub(crate) fn unreadable(
        partner: &'static str,
        answer: &OutboundResponse,
        source: Option<serde_json::Error>,
    ) -> Self {
        Self::OutcomeUnknown { partner, source: Box::new(Unreadable { status: answer.status, source }) }
    }

    pub(crate) fn refused(partner: &'static str, code: &str, message: impl Into<String>) -> Self {
        Self::Refused { partner, code: code.to_owned(), message: message.into() }
    }

    /// The same failure met while fetching the access token: whatever became of the token, the call itself was not made.
    pub(crate) fn before_the_call(self) -> Self {
        match self {
            Self::OutcomeUnknown { partner, .. } => Self::TryLater { partner, code: "no_access_token".to_owned() },
            Self::Refused { partner, code, .. } => Self::Misconfigured { partner, code },
            Self::TryLater { .. } | Self::Misconfigured { .. } => self,
        }
    }
}
