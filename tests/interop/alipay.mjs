// Alipay's official SDK for Node (alipay-sdk) as a merchant of our sandbox, and as Alipay towards our callback.
// node alipay.mjs ACT, with what the act needs as JSON on stdin; it prints what came of it as JSON. `validateSign` makes the SDK
// verify every answer over its raw bytes.
import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { AlipaySdk } from 'alipay-sdk';

const given = JSON.parse(await text(process.stdin));
const { keys } = given;

// In the certificate mode where there are certificates, else in that of public keys.
const trust = keys.certificates
  ? {
      appCertContent: keys.certificates.app,
      alipayPublicCertContent: keys.certificates.alipay,
      alipayRootCertContent: keys.certificates.roots,
    }
  : { alipayPublicKey: keys.alipay_public_key };

const merchant = (more = {}) =>
  new AlipaySdk({
    appId: keys.app_id,
    privateKey: keys.app_private_key,
    keyType: 'PKCS8',
    ...trust,
    gateway: `${given.base_url}/gateway.do`,
    ...more,
  });

const exec = (sdk, method, bizContent, more = {}) => sdk.exec(method, { bizContent, ...more }, { validateSign: true });
const order = (number, more = {}) =>
  ({ out_trade_no: number, total_amount: '2238.00', subject: '2026-2027采暖季 供热费+滞纳金 100%', ...more });
const jsapi = { product_code: 'JSAPI_PAY', op_app_id: keys.app_id, buyer_open_id: '0740anna' };
const notified = { notify_url: given.notify_url };

const acts = {
  // Orders of three kinds, one of them closed; answers what opens the cashier.
  async order() {
    const sdk = merchant();
    const created = await exec(sdk, 'alipay.trade.create', order('JSAPI_0001', jsapi), notified);
    assert.equal(created.code, '10000');
    const again = await exec(sdk, 'alipay.trade.create', order('JSAPI_0001', jsapi), notified);
    assert.equal(again.tradeNo, created.tradeNo);
    const other = await exec(sdk, 'alipay.trade.create', order('JSAPI_0001', { ...jsapi, total_amount: '1.00' }), notified);
    assert.equal(other.subCode, 'ACQ.CONTEXT_INCONSISTENT');

    const code = await exec(sdk, 'alipay.trade.precreate', order('NATIVE_0001'), notified);
    assert.match(code.qrCode, /^http/);
    const before = await exec(sdk, 'alipay.trade.query', { out_trade_no: 'NATIVE_0001' });
    assert.deepEqual([before.code, before.subCode], ['40004', 'ACQ.TRADE_NOT_EXIST']);

    await exec(sdk, 'alipay.trade.create', order('CLOSED_0001', jsapi), notified);
    const closed = await exec(sdk, 'alipay.trade.close', { out_trade_no: 'CLOSED_0001' });
    assert.equal(closed.code, '10000');
    assert.equal((await exec(sdk, 'alipay.trade.query', { out_trade_no: 'CLOSED_0001' })).tradeStatus, 'TRADE_CLOSED');

    const page = (method, product) => sdk.pageExecute(method, 'GET', { bizContent: order('PAGE_0001', { product_code: product }), ...notified });
    const url = page('alipay.trade.page.pay', 'FAST_INSTANT_TRADE_PAY');
    const opened = await fetch(url);
    assert.equal(opened.status, 200);
    assert.match(await opened.text(), /确认付款/);
    return { trade_no: created.tradeNo, qr_code: code.qrCode };
  },

  // Answers that somebody else signed are not believed, and neither are we with another's key.
  async distrust() {
    const asked = { out_trade_no: 'JSAPI_0001' };
    await assert.rejects(exec(merchant({ alipayPublicKey: keys.app_public_key }), 'alipay.trade.query', asked), /验签失败/);
    const stranger = merchant({ privateKey: keys.alipay_private_key });
    const refused = await stranger.exec('alipay.trade.query', { bizContent: asked });
    assert.equal(refused.subCode, 'isv.invalid-signature');
    return {};
  },

  // Who names another certificate than his own is not let in, and an answer under another certificate than known is not believed.
  async distrustCertificates() {
    const asked = { out_trade_no: 'JSAPI_0001' };
    const stranger = merchant({ appCertContent: keys.certificates.alipay });
    const refused = await stranger.exec('alipay.trade.query', { bizContent: asked });
    assert.equal(refused.subCode, 'isv.invalid-signature');
    const deceived = merchant({ alipayPublicCertContent: keys.certificates.app });
    await assert.rejects(exec(deceived, 'alipay.trade.query', asked));
    return {};
  },

  // The paid order is queried, and a part of it refunded, twice under one number; answers what is known of it.
  async refund() {
    const sdk = merchant();
    const paid = await exec(sdk, 'alipay.trade.query', { trade_no: given.trade_no });
    assert.deepEqual([paid.tradeStatus, paid.totalAmount], ['TRADE_SUCCESS', '2238.00']);
    const refund = { trade_no: given.trade_no, refund_amount: '8.00', out_request_no: 'R_0001' };
    assert.equal((await exec(sdk, 'alipay.trade.refund', refund)).fundChange, 'Y');
    assert.equal((await exec(sdk, 'alipay.trade.refund', refund)).fundChange, 'N');
    const asked = { trade_no: given.trade_no, out_request_no: 'R_0001' };
    const found = await exec(sdk, 'alipay.trade.fastpay.refund.query', asked);
    assert.deepEqual([found.refundStatus, found.refundAmount], ['REFUND_SUCCESS', '8.00']);
    return paid;
  },

  // Whether the SDK believes each of these notifications.
  async read() {
    return given.notifications.map((form) => merchant().checkNotifySignV2(Object.fromEntries(new URLSearchParams(form))));
  },

  // The person of a code.
  async person() {
    const token = await merchant().exec('alipay.system.oauth.token', { grantType: 'authorization_code', code: given.code }, { validateSign: true });
    return { open_id: token.openId };
  },
};

console.log(JSON.stringify(await acts[process.argv[2]]()));
