use crate::ChannelError;
use async_trait::async_trait;
use bytes::Bytes;
use heatpay_domain::statement::{BadStatement, StatementLine};
use jiff::{Timestamp, civil::Date};

/// The most bytes a packed statement may have: some 1,500,000 lines of WeChat Pay's.
pub const MAX_STATEMENT_BYTES: usize = 192 << 20;

/// The statement of one day, as the channel gave it: packed as it came, its digest checked where the channel names one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementFile {
    /// What it is to be called: `wechatpay-20261120.csv.gz`.
    pub name: String,
    /// The file.
    pub bytes: Bytes,
}

/// The lines of a statement, in the order of the file, unpacked and read as they are asked for. The last item is an error
/// where the file is not whole.
pub type StatementLines<'a> = Box<dyn Iterator<Item = Result<StatementLine, BadStatement>> + Send + 'a>;

/// What a channel says in the morning about the day before.
#[async_trait]
pub trait StatementSource: Send + Sync {
    /// Fetches the statement of a day (as the channel counts days). `None`: the channel says that nothing happened on it.
    /// `TryLater` while it is not made yet.
    async fn fetch_statement(&self, day: Date, now: Timestamp) -> Result<Option<StatementFile>, ChannelError>;

    /// Reads a fetched file.
    fn read_statement<'a>(&self, file: &'a [u8], day: Date) -> Result<StatementLines<'a>, BadStatement>;
}
