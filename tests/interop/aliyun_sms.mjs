// The official Aliyun SMS SDK as client of our sandbox.
// node aliyun_sms.mjs 127.0.0.1:PORT ACCESS_KEY_ID ACCESS_KEY_SECRET SIGN_NAME TEMPLATE_CODE
// The template takes ${name}, ${season} and ${amount}.
import assert from 'node:assert/strict';
import dysms from '@alicloud/dysmsapi20170525';
import core from '@alicloud/openapi-core';

const [endpoint, accessKeyId, accessKeySecret, signName, templateCode] = process.argv.slice(2);
const Client = dysms.default ?? dysms;
const { Config } = core.$OpenApiUtil ?? core;
const phoneNumbers = '13900000009';

const client = (secret) =>
  new Client(new Config({ accessKeyId, accessKeySecret: secret, endpoint, protocol: 'http' }));

const message = (more) =>
  new dysms.SendSmsRequest({
    phoneNumbers,
    signName,
    templateCode,
    // Everything that is encoded in one place and not in another: blank + * ~ / ( ) ' !
    templateParam: JSON.stringify({ name: "张三 a+b*c~d/(e)'!", season: '2026-2027采暖季', amount: '1234.56' }),
    outId: 'notice-42',
    ...more,
  });

const good = client(accessKeySecret);

const sent = await good.sendSms(message());
assert.equal(sent.body.code, 'OK');
assert.match(sent.body.bizId, /^\d+\^0$/);
console.log('sent', sent.body.bizId);

// A business failure is HTTP 200 with another code, and no exception.
const refused = await good.sendSms(message({ templateCode: 'SMS_404' }));
assert.equal(refused.statusCode, 200);
assert.equal(refused.body.code, 'isv.SMS_TEMPLATE_ILLEGAL');
assert.equal(refused.body.bizId, undefined);
console.log('refused', refused.body.code);

// A wrong secret is refused by the gateway, and the SDK raises it.
await assert.rejects(client('guess').sendSms(message()), (error) => {
  assert.match(String(error.code), /SignatureDoesNotMatch/);
  console.log('rejected', error.code);
  return true;
});

const today = new Date(Date.now() + 8 * 3600 * 1000).toISOString().slice(0, 10).replaceAll('-', '');
const details = await good.querySendDetails(
  new dysms.QuerySendDetailsRequest({
    phoneNumber: phoneNumbers,
    sendDate: today,
    pageSize: 10,
    currentPage: 1,
    bizId: sent.body.bizId,
  }),
);
assert.equal(details.body.code, 'OK');
const [detail] = details.body.smsSendDetailDTOs.smsSendDetailDTO;
assert.equal(detail.outId, 'notice-42');
assert.ok(detail.content.includes("张三 a+b*c~d/(e)'!"), detail.content);
assert.equal(Number(details.body.totalCount), 1);
console.log('found', detail.content);
