//! The channels' sandboxes, by the channel.

use super::Town;
use heatpay_domain::Channel;
use heatpay_sandbox::switches::Switches;
use serde_json::{Value, json};

/// The channels that play at a party of their own.
pub const CHANNELS: [Channel; 3] = [Channel::Wechatpay, Channel::Alipay, Channel::Unionpay];

impl Town {
    /// What goes wrong at a channel.
    pub fn switches(&self, channel: Channel) -> &Switches {
        match channel {
            Channel::Wechatpay => self.world.parties.wechatpay.switches(),
            Channel::Alipay => self.world.parties.alipay.switches(),
            Channel::Unionpay => self.world.parties.unionpay.switches(),
            Channel::Cash | Channel::Pos | Channel::Cheque | Channel::Transfer | Channel::Prepayment => {
                panic!("nobody plays the counter")
            }
        }
    }

    /// The payer pays the order, by so many fen wrong; the channel's transaction.
    pub fn money_comes(&self, channel: Channel, order_no: &str, wrong_by: i64) -> String {
        let parties = &self.world.parties;
        match channel {
            Channel::Wechatpay => parties.wechatpay.pay(order_no, wrong_by).expect("money").transaction_id,
            Channel::Alipay => parties.alipay.pay(order_no, wrong_by).expect("money").trade_no,
            Channel::Unionpay => parties.unionpay.pay(order_no, wrong_by).expect("money").query_id,
            Channel::Cash | Channel::Pos | Channel::Cheque | Channel::Transfer | Channel::Prepayment => {
                panic!("nobody plays the counter")
            }
        }
    }

    /// Money comes for an order that we never placed; the channel's transaction.
    pub fn stray_money_comes(&self, channel: Channel, fen: i64) -> String {
        let (parties, url) = (&self.world.parties, format!("{}/callbacks/{}", self.world.base_url, channel.name()));
        match channel {
            Channel::Wechatpay => parties.wechatpay.pay_unknown(fen, &url).expect("money").transaction_id,
            Channel::Alipay => parties.alipay.pay_unknown(fen, &url).expect("money").trade_no,
            Channel::Unionpay => parties.unionpay.pay_unknown(fen, &url).expect("money").query_id,
            Channel::Cash | Channel::Pos | Channel::Cheque | Channel::Transfer | Channel::Prepayment => {
                panic!("nobody plays the counter")
            }
        }
    }
}

/// A payment of these bills by the channel, for whoever came through WeChat; its order is at the channel once it is placed.
pub fn order_by(channel: Channel, account_no: &str, bill_nos: &[String]) -> Value {
    let scene = match channel {
        Channel::Wechatpay => "jsapi",
        Channel::Alipay => "native",
        Channel::Unionpay => "app",
        Channel::Cash | Channel::Pos | Channel::Cheque | Channel::Transfer | Channel::Prepayment => {
            panic!("nobody plays the counter")
        }
    };
    json!({ "account_no": account_no, "bill_nos": bill_nos, "channel": channel.name(), "scene": scene })
}
