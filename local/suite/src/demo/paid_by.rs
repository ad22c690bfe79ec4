/// By which channel the demo pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum PaidBy {
    /// 微信支付, in its mini-program.
    Wechatpay,
    /// 支付宝, in its mini-program.
    Alipay,
    /// 银联, in a phone's browser.
    Unionpay,
}

impl PaidBy {
    /// Its name in records.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Wechatpay => "wechatpay",
            Self::Alipay => "alipay",
            Self::Unionpay => "unionpay",
        }
    }

    /// The mini-program one signs in through, by its name in addresses.
    pub(super) fn mini_program(self) -> &'static str {
        match self {
            Self::Wechatpay | Self::Unionpay => "weixin",
            Self::Alipay => "alipay",
        }
    }

    /// How the client pays by it.
    pub(super) fn scene(self) -> &'static str {
        match self {
            Self::Wechatpay | Self::Alipay => "jsapi",
            Self::Unionpay => "h5",
        }
    }

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Wechatpay => "WeChat Pay",
            Self::Alipay => "Alipay",
            Self::Unionpay => "UnionPay",
        }
    }
}
