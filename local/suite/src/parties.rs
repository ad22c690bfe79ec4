//! The third parties of one machine: each on a port of its own, as each has a host of its own.

mod accounts;

use heatpay_ports::{Clock, Ids};
use heatpay_sandbox::{
    aliyun_sms::AliyunSms,
    baiwang::Baiwang,
    unionpay::{self, Unionpay},
    wechatpay::{Keys, KeysError, OpenError, Wechatpay},
    weixin::Weixin,
};
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

/// The third parties, answering.
pub struct Parties {
    /// 微信支付
    pub wechatpay: Wechatpay,
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
        given: Option<Keys>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        own_url: &str,
    ) -> Result<Self, PartyError> {
        let keys = match given {
            Some(keys) => keys,
            None => keys(data, ids.as_ref())?,
        };
        let file = data.map(|data| data.join("sandbox.db"));
        let file = file.as_deref();
        let path = file.map_or_else(|| PathBuf::from("memory"), Path::to_owned);
        let state = |source: heatpay_sandbox::StateError| PartyError::State { path: path.clone(), source };
        let wechatpay =
            Wechatpay::open(keys.clone(), file, clock.clone(), ids.clone()).map_err(|error| match error {
                OpenError::Database(source) => state(source),
                OpenError::Key(_) | OpenError::Http(_) => PartyError::Open(error),
            })?;
        wechatpay.set_own_url(own_url);
        let unionpay = Unionpay::open(file, clock.clone(), ids.clone())?;
        let weixin = Weixin::open(accounts::weixin(&keys.appid), file, clock.clone(), ids.clone()).map_err(state)?;
        let baiwang = Baiwang::open(accounts::baiwang(), file, clock.clone(), ids.clone()).map_err(state)?;
        let aliyun_sms = AliyunSms::open(accounts::aliyun_sms(), file, clock, ids).map_err(state)?;
        let mut parties =
            Self { wechatpay, unionpay, weixin, baiwang, aliyun_sms, urls: BTreeMap::new(), serving: Vec::new() };
        for (parameter, router) in [
            ("WechatpayBaseUrl", parties.wechatpay.router()),
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
            "UnionpaySecret" => Some(self.unionpay.merchant_secret()),
            "WeixinSecret" => Some(accounts::weixin_secret(&self.wechatpay.keys().appid)),
            "BaiwangSecret" => Some(accounts::baiwang_secret()),
            "AliyunSecret" => Some(accounts::aliyun_secret()),
            _ => None,
        }
    }

    /// Lets them do what is due, with so many calls to us at once. Answers how many things they did.
    pub async fn act(&self, at_once: usize) -> usize {
        let mut done = 0;
        for (party, acted) in [
            ("WeChat Pay", self.wechatpay.act_with(at_once).await),
            ("UnionPay", self.unionpay.act_with(at_once).await),
        ] {
            match acted {
                Ok(things) => done += things,
                Err(error) => tracing::error!(%error, party, "a sandbox cannot act"),
            }
        }
        done
    }

    /// What the channels hold for the merchant, by their own books.
    pub fn money_held(&self) -> Result<i64, heatpay_sandbox::StateError> {
        Ok(self.wechatpay.money_held()? + self.unionpay.money_held()?)
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

/// The keys made at the first start, or before it.
fn keys(data: Option<&Path>, ids: &dyn Ids) -> Result<Keys, PartyError> {
    let Some(path) = data.map(|data| data.join("wechatpay-keys.json")) else { return Ok(Keys::generate(ids)?) };
    let failed = |source| PartyError::File { path: path.clone(), source };
    match std::fs::read(&path) {
        Ok(text) => serde_json::from_slice(&text).map_err(|e| failed(io::Error::new(io::ErrorKind::InvalidData, e))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let keys = Keys::generate(ids)?;
            let text = serde_json::to_vec_pretty(&keys).map_err(|e| failed(io::Error::other(e)))?;
            std::fs::write(&path, text).map_err(failed)?;
            Ok(keys)
        }
        Err(error) => Err(failed(error)),
    }
}
