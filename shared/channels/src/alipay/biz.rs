//! The business part of a call: `biz_content` as JSON, or parameters of its own beside the public ones.

use serde::Serialize;

/// One call.
pub(super) struct Call<'a> {
    /// `alipay.trade.query`
    pub(super) method: &'static str,
    /// The JSON in `biz_content`, if the method has one.
    pub(super) biz_content: Option<&'a str>,
    /// Other parameters.
    pub(super) more: &'a [(&'static str, &'a str)],
}

impl<'a> Call<'a> {
    pub(super) fn new(method: &'static str, biz_content: &'a str) -> Self {
        Self { method, biz_content: Some(biz_content), more: &[] }
    }
}

/// The JSON of a call: made of texts and never without a form.
pub(super) fn json(content: &impl Serialize) -> String {
    serde_json::to_string(content).expect("a call's content is plain JSON")
}
