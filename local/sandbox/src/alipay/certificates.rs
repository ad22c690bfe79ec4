//! The certificate mode: each side names the certificates it speaks with by their serials.

use super::{
    Inner, OpenError,
    answers::{Refusal, done},
    gate::{Call, Parameters},
    keys::Certificates,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use md5::{Digest, Md5};
use serde_json::{Value, json};
use x509_parser::{pem::Pem, prelude::X509Certificate};

/// What signatures of RSA are named with: a root of another kind has no serial.
const RSA: &str = "1.2.840.113549.1.1.";

/// The serials of the three files.
pub(super) struct Serials {
    app: String,
    pub(super) alipay: String,
    roots: String,
}

impl Serials {
    pub(super) fn of(certificates: &Certificates) -> Result<Self, OpenError> {
        let first = |text: &str| serials(text).into_iter().next();
        let roots = serials(&certificates.roots).join("_");
        match (first(&certificates.app), first(&certificates.alipay), roots.is_empty()) {
            (Some(app), Some(alipay), false) => Ok(Self { app, alipay, roots }),
            (Some(_) | None, Some(_) | None, true | false) => Err(OpenError::Key("certificates")),
        }
    }

    /// A merchant of this mode names his certificate and the root he believes in with every call.
    pub(super) fn admit(&self, parameters: &Parameters) -> Result<(), Refusal> {
        let is = |name: &str, serial: &str| parameters.get(name).is_some_and(|given| given == serial);
        if is("app_cert_sn", &self.app) && is("alipay_root_cert_sn", &self.roots) {
            return Ok(());
        }
        Err(Refusal::nobody("isv.invalid-signature", "验签出错,应用公钥证书或支付宝根证书序列号不匹配"))
    }
}

/// The serial of each RSA certificate of a file: MD5 of its issuer, from the last part to the first, and its number.
fn serials(text: &str) -> Vec<String> {
    let pems: Vec<Pem> = Pem::iter_from_buffer(text.as_bytes()).filter_map(Result::ok).collect();
    let certificates = pems.iter().filter_map(|pem| pem.parse_x509().ok());
    let rsa = certificates.filter(|one| one.signature_algorithm.algorithm.to_id_string().starts_with(RSA));
    rsa.map(|one| serial(&one)).collect()
}

fn serial(certificate: &X509Certificate<'_>) -> String {
    // The parser writes `C=CN, O=…`, in the order of the certificate.
    let issuer = certificate.issuer().to_string();
    let parts: Vec<&str> = issuer.split(", ").collect();
    let reversed: Vec<&str> = parts.into_iter().rev().collect();
    hex::encode(Md5::digest(format!("{}{}", reversed.join(","), certificate.tbs_certificate.serial)))
}

/// Hands out the certificate that answers are signed with.
pub(super) fn download(inner: &Inner, call: &Call) -> Result<Value, Refusal> {
    let (Some(serials), Some(certificates)) = (&inner.serials, &inner.keys.certificates) else {
        return Err(Refusal::gateway("40006", "isv.insufficient-isv-permissions", "应用未使用公钥证书模式"));
    };
    if call.text("alipay_cert_sn").as_deref() != Some(serials.alipay.as_str()) {
        return Err(Refusal::business("ACQ.INVALID_PARAMETER", "证书序列号不存在"));
    }
    Ok(done(json!({ "alipay_cert_content": STANDARD.encode(&certificates.alipay) })))
}
