//! Which channel is offered where, and how it is paid there. A table, so that it can be read, and changed in one place.

use crate::{Channel, states::names};
use serde::{Deserialize, Serialize};

/// How the client pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scene {
    /// Inside the channel's own mini-program.
    Jsapi,
    /// A phone's browser, which is sent to the channel's page or app.
    H5,
    /// A QR code on a screen.
    Native,
    /// A computer's browser, which is sent to the channel's page.
    Page,
    /// The channel's app, called with a transaction number (云闪付).
    App,
    /// Staff records what was paid.
    Counter,
    /// A bill draws on what the household paid ahead.
    Balance,
}

names!(Scene {
    Jsapi => "jsapi",
    H5 => "h5",
    Native => "native",
    Page => "page",
    App => "app",
    Counter => "counter",
    Balance => "balance",
});

/// Where the resident's client runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Client {
    /// The WeChat mini-program.
    Weixin,
    /// The Alipay mini-program.
    Alipay,
    /// A phone's browser.
    Phone,
    /// A computer's browser.
    Computer,
    /// A page opened within 云闪付.
    Quickpass,
}

names!(Client {
    Weixin => "weixin",
    Alipay => "alipay",
    Phone => "phone",
    Computer => "computer",
    Quickpass => "quickpass",
});

/// A way to pay in one client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Where.
    pub client: Client,
    /// By which channel.
    pub channel: Channel,
    /// How.
    pub scene: Scene,
}

const fn offer(client: Client, channel: Channel, scene: Scene) -> Offer {
    Offer { client, channel, scene }
}

/// Every way to pay there is, the recommended one of each client first. WeChat and Alipay let only themselves be paid within
/// their own mini-programs; UnionPay is not documented to be payable from within WeChat.
pub const OFFERS: [Offer; 9] = [
    offer(Client::Weixin, Channel::Wechatpay, Scene::Jsapi),
    offer(Client::Alipay, Channel::Alipay, Scene::Jsapi),
    offer(Client::Phone, Channel::Wechatpay, Scene::H5),
    offer(Client::Phone, Channel::Alipay, Scene::H5),
    offer(Client::Phone, Channel::Unionpay, Scene::H5),
    offer(Client::Computer, Channel::Wechatpay, Scene::Native),
    offer(Client::Computer, Channel::Alipay, Scene::Page),
    offer(Client::Computer, Channel::Unionpay, Scene::Page),
    offer(Client::Quickpass, Channel::Unionpay, Scene::App),
];

impl Scene {
    /// Those that a resident's client can ask for.
    pub const ONLINE: [Self; 5] = [Self::Jsapi, Self::H5, Self::Native, Self::Page, Self::App];
}

/// What a client may offer.
pub fn offers_in(client: Client) -> impl Iterator<Item = Offer> {
    OFFERS.into_iter().filter(move |offer| offer.client == client)
}
