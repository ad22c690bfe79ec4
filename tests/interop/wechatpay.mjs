// WeChat Pay's SDK for Node (wechatpay-axios-plugin) as a merchant of our sandbox, and as WeChat Pay towards our callback.
// node wechatpay.mjs ACT, with what the act needs as JSON on stdin; it prints what came of it as JSON. The SDK verifies the
// signature of every answer itself and raises what it does not believe.
import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { text } from 'node:stream/consumers';
import sdk from 'wechatpay-axios-plugin';

const { Aes, Formatter, Rsa, Wechatpay } = sdk;
const given = JSON.parse(await text(process.stdin));
const { keys } = given;

// The SDK dates its requests, and judges the date of answers, by the clock of those who play the other side.
Date.now = () => given.now * 1000;

const merchant = (more = {}) =>
  new Wechatpay({
    mchid: keys.mchid,
    serial: keys.merchant_serial,
    privateKey: keys.merchant_private_key,
    certs: { [keys.public_key_id]: keys.wechat_public_key, [keys.platform_serial]: keys.platform_certificate },
    baseURL: given.base_url,
    ...more,
  });

const order = (number) => ({
  appid: keys.appid,
  mchid: keys.mchid,
  description: '2026-2027采暖季 供热费',
  out_trade_no: number,
  notify_url: given.notify_url,
  amount: { total: 223800, currency: 'CNY' },
});
const payer = { openid: 'oAnna000000000000000000000001' };
const query = async (wxpay, number) => {
  const asked = { params: { mchid: keys.mchid }, out_trade_no: number };
  return (await wxpay.v3.pay.transactions.outTradeNo._out_trade_no_.get(asked)).data;
};
const refusedWith = (status, code) => (error) => {
  assert.deepEqual([error.response?.status, error.response?.data?.code], [status, code], String(error));
  return true;
};

const acts = {
  // Orders of the three kinds, one of them closed; answers what opens the cashier for the first.
  async order() {
    const wxpay = merchant();
    const { transactions } = wxpay.v3.pay;
    const { data: { prepay_id: prepayId } } = await transactions.jsapi.post({ ...order('JSAPI-0001'), payer });
    assert.match(prepayId, /^wx/);
    const { data: { code_url: codeUrl } } = await transactions.native.post(order('NATIVE-0001'));
    assert.match(codeUrl, /^weixin:\/\/wxpay\/bizpayurl\?pr=/);
    const scene = { payer_client_ip: '203.0.113.7', h5_info: { type: 'Wap' } };
    const { data: { h5_url: h5Url } } = await transactions.h5.post({ ...order('H5-0001'), scene_info: scene });
    assert.match(h5Url, /^https?:\/\//);

    const waiting = await query(wxpay, 'NATIVE-0001');
    assert.deepEqual([waiting.trade_state, waiting.mchid, waiting.appid], ['NOTPAY', keys.mchid, keys.appid]);
    const close = { out_trade_no: 'NATIVE-0001' };
    const closed = await transactions.outTradeNo._out_trade_no_.close.post({ mchid: keys.mchid }, close);
    assert.equal(closed.status, 204);
    assert.equal((await query(wxpay, 'NATIVE-0001')).trade_state, 'CLOSED');

    await assert.rejects(query(wxpay, 'NEVER-0001'), refusedWith(404, 'ORDER_NOT_EXIST'));
    await assert.rejects(transactions.jsapi.post(order('NOBODY-0001')), refusedWith(400, 'PARAM_ERROR'));

    const [timeStamp, nonceStr, signType] = [String(Formatter.timestamp()), Formatter.nonce(), 'RSA'];
    const shown = { timeStamp, nonceStr, package: `prepay_id=${prepayId}`, signType };
    const signed = Formatter.joinedByLineFeed(keys.appid, timeStamp, nonceStr, shown.package);
    return { ...shown, paySign: Rsa.sign(signed, keys.merchant_private_key) };
  },

  // A request by another's key, and answers that the merchant has no key for.
  async distrust() {
    await assert.rejects(
      query(merchant({ privateKey: keys.platform_private_key }), 'JSAPI-0001'), refusedWith(401, 'SIGN_ERROR'));
    const unknown = { certs: { PUB_KEY_ID_OTHER: keys.wechat_public_key } };
    await assert.rejects(query(merchant(unknown), 'JSAPI-0001'), { code: 'EV3_RES_HEADER_PLATFORM_SERIAL' });
    const other = { certs: { [keys.public_key_id]: keys.platform_certificate } };
    await assert.rejects(query(merchant(other), 'JSAPI-0001'), { code: 'EV3_RES_HEADER_SIGNATURE_DIGEST' });
    return {};
  },

  // The paid order is queried by both its numbers, and a part of it refunded; answers what is known of it.
  async refund() {
    const wxpay = merchant();
    const paid = await query(wxpay, 'JSAPI-0001');
    assert.equal(paid.trade_state, 'SUCCESS');
    const asked = { params: { mchid: keys.mchid }, transaction_id: paid.transaction_id };
    const { data: again } = await wxpay.v3.pay.transactions.id._transaction_id_.get(asked);
    assert.deepEqual(again, paid);

    const { data: refund } = await wxpay.v3.refund.domestic.refunds.post({
      transaction_id: paid.transaction_id,
      out_refund_no: 'R-0001',
      reason: '重复支付退回',
      notify_url: given.notify_url,
      amount: { refund: 800, total: 223800, currency: 'CNY' },
    });
    assert.deepEqual([refund.status, refund.amount.refund], ['PROCESSING', 800]);
    return paid;
  },

  // How the refund ended.
  async refunded() {
    const { data } = await merchant().v3.refund.domestic.refunds._out_refund_no_.get({ out_refund_no: 'R-0001' });
    return data;
  },

  // The platform certificates, decrypted and read.
  async certificates() {
    const { data: { data: [entry] } } = await merchant().v3.certificates.get();
    const { ciphertext, nonce, associated_data: aad } = entry.encrypt_certificate;
    const pem = Aes.AesGcm.decrypt(ciphertext, keys.apiv3_key, nonce, aad);
    return { serial_no: entry.serial_no, serial_inside: new X509Certificate(pem).serialNumber, pem };
  },

  // The bill of a day as the SDK's reader of bills sees it.
  async bill() {
    const wxpay = merchant();
    const asked = { params: { bill_date: given.bill_date, bill_type: 'ALL' } };
    const { data: { download_url: url, hash_type: kind, hash_value: hash } } = await wxpay.v3.bill.tradebill.get(asked);
    const { pathname, searchParams } = new URL(url);
    assert.equal(pathname, '/v3/billdownload/file');
    const fetched = { params: Object.fromEntries(searchParams), responseType: 'arraybuffer' };
    const { data } = await wxpay.v3.billdownload.file.get(fetched);
    assert.equal(createHash(kind.toLowerCase()).update(data).digest('hex'), hash.toLowerCase());
    return Formatter.castCsvBill(data);
  },

  // A notification, verified and, where it is believed, decrypted; answers what it says.
  async read() {
    const { headers, body } = given.notification;
    const key = { [keys.public_key_id]: keys.wechat_public_key, [keys.platform_serial]: keys.platform_certificate };
    const signed = Formatter.response(headers['wechatpay-timestamp'], headers['wechatpay-nonce'], body);
    const pem = Rsa.from(key[headers['wechatpay-serial']], Rsa.KEY_TYPE_PUBLIC);
    if (!Rsa.verify(signed, headers['wechatpay-signature'], pem)) return { believed: false };
    const { event_type: type, resource: { ciphertext, nonce, associated_data: aad } } = JSON.parse(body);
    const said = JSON.parse(Aes.AesGcm.decrypt(ciphertext, keys.apiv3_key, nonce, aad));
    return { believed: true, event_type: type, said };
  },

  // A notification of a paid order, encrypted and signed as WeChat Pay does it.
  async write() {
    const transaction = await query(merchant(), given.out_trade_no);
    const [nonce, aad] = [Formatter.nonce(12), 'transaction'];
    const body = JSON.stringify({
      id: 'EV-2018022511223320873',
      create_time: transaction.success_time,
      resource_type: 'encrypt-resource',
      event_type: 'TRANSACTION.SUCCESS',
      summary: '支付成功',
      resource: {
        original_type: 'transaction',
        algorithm: 'AEAD_AES_256_GCM',
        ciphertext: Aes.AesGcm.encrypt(JSON.stringify(transaction), keys.apiv3_key, nonce, aad),
        associated_data: aad,
        nonce,
      },
    });
    const [timestamp, salt] = [String(Formatter.timestamp()), Formatter.nonce()];
    const headers = {
      'content-type': 'application/json',
      'wechatpay-timestamp': timestamp,
      'wechatpay-nonce': salt,
      'wechatpay-serial': given.signer.serial,
      'wechatpay-signature': Rsa.sign(Formatter.response(timestamp, salt, body), given.signer.private_key),
      'wechatpay-signature-type': 'WECHATPAY2-SHA256-RSA2048',
    };
    return { headers, body };
  },
};

console.log(JSON.stringify(await acts[process.argv[2]]()));
