//! The third parties of one machine: each on a port of its own, as each has a host of its own.

mod accounts;

use heatpay_ports::{Clock, Ids};
use heatpay_sandbox::{
    alipay::{self, Alipay},
    aliyun_sms::AliyunSms,
    baiwang::Baiwang,
    unionpay::{self, Unionpay},
    wechatpay::{Keys, KeysError, OpenError, Wechatpay},
    weixin::Weixin,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    io,
    net::Ipv4Addr,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::{net::TcpListener, task::JoinHandle};

/// A third party cannot start.
#[derive(Debug, thiserror::Error)]
pub enum PartyError {
    /// Its state or keys.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Its state.
    #[error("the sandbox's state in {} cannot be opened", path.display())]
    State {
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: heatpay_sandbox::StateError,
    },
    /// Its keys.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The file of keys.
    #[error("{} cannot be used", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// UnionPay's state or keys.
    #[error(transparent)]
    Unionpay(#[from] unionpay::OpenError),
    /// No port.
    #[error("no port can be had for a third party")]
    Port(#[source] io::Error),
}

/// Keys that were made before; those not given are read from the data folder, or made anew.
#[derive(Clone, Default)]
pub struct GivenKeys {
    /// 微信支付
    pub wechatpay: Option<Keys>,
    /// 支付宝
    pub alipay: Option<alipay::Keys>,
}

/// The third parties, answering.
pub struct Parties {
    /// 微信支付
    pub wechatpay: Wechatpay,
    /// 支付宝
    pub alipay: Alipay,
    /// 银联
    pub unionpay: Unionpay,
    /// The WeChat server API.
    pub weixin: Weixin,
    /// 百望云
    pub baiwang: Baiwang,
    /// 阿里云短信
    pub aliyun_sms: AliyunSms,
    urls: BTreeMap<&'static str, String>,
    serving: Vec<JoinHandle<io::Result<()>>>,
}

impl Parties {
    /// Opens all of them and serves them on free ports of 127.0.0.1.
    pub async fn start(
        data: Option<&Path>,
        given: GivenKeys,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        own_url: &str,
    ) -> Result<Self, PartyError> {
        let GivenKeys { wechatpay, alipay } = given;
        let keys = match wechatpay {
            Some(keys) => keys,
            None => keys(data, "wechatpay-keys.json", || Keys::generate(ids.as_ref()))?,
        };
        let alipay_keys = match alipay {
            Some(keys) => keys,
            None => self::keys(data, "alipay-keys.json", || alipay::Keys::generate(ids.as_ref()))?,
        };
        let file = data.map(|data| data.join("sandbox.db"));
        let file = file.as_deref();
        let path = file.map_or_else(|| PathBuf::from("memory"), Path::to_owned);
        let state = |source: heatpay_sandbox::StateError| PartyError::State { path: path.clone(), source };
        let opened = |error| match error {
            OpenError::Database(source) => state(source),
            OpenError::Key(_) | OpenError::Http(_) => PartyError::Open(error),
        };
        let wechatpay = Wechatpay::open(keys.clone(), file, clock.clone(), ids.clone()).map_err(opened)?;
        let alipay = Alipay::open(alipay_keys, file, clock.clone(), ids.clone()).map_err(opened)?;
        wechatpay.set_own_url(own_url);
        let unionpay = Unionpay::open(file, clock.clone(), ids.clone())?;
        let weixin = Weixin::open(accounts::weixin(&keys.appid), file, clock.clone(), ids.clone()).map_err(state)?;
        let baiwang = Baiwang::open(accounts::baiwang(), file, clock.clone(), ids.clone()).map_err(state)?;
        let aliyun_sms = AliyunSms::open(accounts::aliyun_sms(), file, clock, ids).map_err(state)?;
        let mut parties = Self {
            wechatpay,
            alipay,
            unionpay,
            weixin,
            baiwang,
            aliyun_sms,
            urls: BTreeMap::new(),
            serving: Vec::new(),
        };
        for (parameter, router) in [
            ("WechatpayBaseUrl", parties.wechatpay.router()),
            ("AlipayBaseUrl", parties.alipay.router()),
            ("UnionpayBaseUrl", parties.unionpay.router()),
            ("WeixinBaseUrl", parties.weixin.router()),
            ("BaiwangBaseUrl", parties.baiwang.router()),
            ("AliyunSmsBaseUrl", parties.aliyun_sms.router()),
        ] {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(PartyError::Port)?;
            let address = listener.local_addr().map_err(PartyError::Port)?;
            parties.urls.insert(parameter, format!("http://{address}"));
            parties.serving.push(tokio::spawn(async move { axum::serve(listener, router).await }));
        }
        Ok(parties)
    }

    /// Where they answer, as the template's parameters name it.
    pub fn parameters(&self) -> BTreeMap<String, String> {
        let mut urls: BTreeMap<_, _> = self.urls.iter().map(|(name, url)| ((*name).to_owned(), url.clone())).collect();
        // Its gateway and its host of files are one here.
        if let Some(url) = self.urls.get("UnionpayBaseUrl") {
            urls.insert("UnionpayFileUrl".to_owned(), url.clone());
        }
        urls
    }

    /// What the merchant keeps of a party, by the secret's name in the template.
    pub fn secret(&self, logical_id: &str) -> Option<Value> {
        match logical_id {
            "WechatpaySecret" => Some(self.wechatpay.keys().merchant_secret()),
            "AlipaySecret" => Some(self.alipay.keys().merchant_secret()),
            "UnionpaySecret" => Some(self.unionpay.merchant_secret()),
            "WeixinSecret" => Some(accounts::weixin_secret(&self.wechatpay.keys().appid)),
            "BaiwangSecret" => Some(accounts::baiwang_secret()),
            "AliyunSecret" => Some(accounts::aliyun_secret()),
            _ => None,
        }
    }

    /// Lets them do what is due, with so many calls to us at once. Answers how many things they did.
    pub async fn act(&self, at_once: usize) -> usize {
        let acted = [
            ("wechatpay", self.wechatpay.act_with(at_once).await),
            ("alipay", self.alipay.act_with(at_once).await),
            ("unionpay", self.unionpay.act_with(at_once).await),
        ];
        let done = acted.into_iter().map(|(party, done)| {
            done.unwrap_or_else(|error| {
                tracing::error!(party, %error, "a channel's sandbox cannot act");
                0
            })
        });
        done.sum()
    }

    /// What the channels hold for the merchant, by their own books.
    pub fn money_held(&self) -> Result<i64, heatpay_sandbox::StateError> {
        Ok(self.wechatpay.money_held()? + self.alipay.money_held()? + self.unionpay.money_held()?)
    }

    /// Ends their answering.
    pub(crate) fn stop(&mut self) {
        for serving in self.serving.drain(..) {
            serving.abort();
        }
    }
}

impl Drop for Parties {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A party's keys, made at the first start or before it.
fn keys<K: Serialize + DeserializeOwned>(
    data: Option<&Path>,
    name: &str,
    generate: impl Fn() -> Result<K, KeysError>,
) -> Result<K, PartyError> {
    let Some(path) = data.map(|data| data.join(name)) else { return Ok(generate()?) };
    let failed = |source| PartyError::File { path: path.clone(), source };
    match std::fs::read(&path) {
        Ok(text) => serde_json::from_slice(&text).map_err(|e| failed(io::Error::new(io::ErrorKind::InvalidData, e))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let keys = generate()?;
            let text = serde_json::to_vec_pretty(&keys).map_err(|e| failed(io::Error::other(e)))?;
            std::fs::write(&path, text).map_err(failed)?;
            Ok(keys)
        }
        Err(error) => Err(failed(error)),
    }
}
