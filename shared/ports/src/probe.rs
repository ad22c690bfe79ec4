/// One call that leaves the process: to AWS or to a third party.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Call {
    /// `dynamodb`, `sqs`, `sns`, `s3`, `secretsmanager`, or a third party: `wechatpay`, `weixin`, `baiwang`, `aliyun_sms`.
    pub service: String,
    /// The operation: `TransactWriteItems`, `POST /v3/pay/transactions/jsapi`.
    pub operation: String,
    /// What it touches, one entry a resource: `PutItem payments`, `Query households/overdue`, a queue's URL.
    pub resources: Vec<String>,
}

/// The probe does not let the call out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("AccessDenied: {0}")]
pub struct ProbeDenied(pub String);

/// Sees every call just before it leaves and just after its answer came. In the cloud nothing listens; on one machine it
/// counts calls and units and checks the function's role; in fault tests it breaks the process at exactly that point by
/// panicking.
pub trait Probe: Send + Sync {
    /// The call is about to leave.
    fn before(&self, call: &Call) -> Result<(), ProbeDenied>;
    /// The answer is here; `answer` is its body where the caller has it (AWS JSON), else empty.
    fn after(&self, call: &Call, answer: &[u8]);
    /// Whether it wants to be told the request units that each call to a table took.
    fn measures(&self) -> bool {
        false
    }
}

/// Nothing listens.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoProbe;

impl Probe for NoProbe {
    fn before(&self, _: &Call) -> Result<(), ProbeDenied> {
        Ok(())
    }
    fn after(&self, _: &Call, _: &[u8]) {}
}
