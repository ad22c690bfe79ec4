use super::error::QueueError;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// What a receive gives out: which message of which queue, and at which of its receives. A later receive makes an earlier
/// receipt void: deleting by it answers success and deletes nothing, as SQS may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Receipt {
    pub(crate) queue: i64,
    pub(crate) seq: i64,
    pub(crate) receives: i64,
}

impl Receipt {
    pub(crate) fn handle(self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}.{}.{}", self.queue, self.seq, self.receives))
    }

    pub(crate) fn parse(handle: &str, queue: i64) -> Result<Self, QueueError> {
        let text = URL_SAFE_NO_PAD.decode(handle).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let mut numbers = text.iter().flat_map(|text| text.split('.')).map(str::parse::<i64>);
        match (numbers.next(), numbers.next(), numbers.next(), numbers.next()) {
            (Some(Ok(of)), Some(Ok(seq)), Some(Ok(receives)), None) if of == queue => Ok(Self { queue, seq, receives }),
            _ => Err(QueueError::BadReceipt),
        }
    }
}
