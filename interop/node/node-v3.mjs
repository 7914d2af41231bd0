// wechatpay-node-v3 against the sandbox. It verifies no reply, so there are no forged ones here.
import assert from 'node:assert/strict';
import Pay from 'wechatpay-node-v3';
import requests from 'wechatpay-node-v3/dist/lib/pay-request.js';
import * as s from './sandbox.mjs';

// Sandbox sends there what the SDK means for api.mch.weixin.qq.com. The SDK's own service posts
// a picture as JSON, to no host: whoever uploads needs a service that does what this one does.
class Sandbox extends requests.PayRequest {
  static url(url) { return s.baseURL + url.replace('https://api.mch.weixin.qq.com', ''); }

  get(url, headers) { return super.get(Sandbox.url(url), headers); }

  async post(url, params, headers) {
    if (!params.pic_buffer) return super.post(Sandbox.url(url), params, headers);
    const { 'Content-Type': _, ...rest } = headers; // fetch knows the boundary
    const form = new FormData();
    form.append('file', new Blob([params.pic_buffer]), params.fileinfo.filename);
    form.append('meta', JSON.stringify(params.fileinfo));
    const reply = await fetch(Sandbox.url(url), { method: 'POST', headers: rest, body: form });
    return { status: reply.status, data: await reply.json() };
  }
}

const pay = new Pay({
  appid: s.appid, mchid: s.mchid, publicKey: s.certificate, privateKey: s.privateKey, key: s.apiV3Key, userAgent: 'interop',
});
pay.createHttp(new Sandbox());

const done = ({ status, data, error }, want = 200) => {
  assert.equal(status, want, error);
  return data;
};

// notified orders, has the order paid, and verifies and decrypts the webhook.
async function notified(outTradeNo) {
  const { headers, body } = await s.webhook(async (notifyURL) => {
    const invocation = done(await pay.transactions_jsapi({
      description: '测试', out_trade_no: outTradeNo, notify_url: notifyURL, amount: { total: 100 }, payer: { openid: s.openid },
    }));
    assert.match(invocation.package, /^prepay_id=wx/);
    await s.control('pay', { out_trade_no: outTradeNo });
  });
  assert.ok(await pay.verifySign({
    timestamp: headers['wechatpay-timestamp'], nonce: headers['wechatpay-nonce'], serial: headers['wechatpay-serial'],
    signature: headers['wechatpay-signature'], body, apiSecret: s.apiV3Key,
  }));
  const { event_type: event, resource } = JSON.parse(body);
  assert.equal(event, 'TRANSACTION.SUCCESS');
  const order = pay.decipher_gcm(resource.ciphertext, resource.associated_data, resource.nonce);
  assert.equal(order.out_trade_no, outTradeNo);
  // The SDK leaves out the check of the tag, so another key is no error: it gives noise.
  assert.equal(pay.decipher_gcm(resource.ciphertext, resource.associated_data, resource.nonce, '0'.repeat(32)).out_trade_no, undefined);
  return order;
}

let paid;
await s.row('webhook of a JSAPI order, signed by a platform certificate', async () => {
  paid = await notified('PAID-1'); // downloads the certificates
});
await s.row('webhook of a JSAPI order, signed by the public key', async () => {
  Pay.certificates[s.publicKeyID] = s.publicKey;
  await s.control('keys/public', { percent: 100 });
  await notified('PAID-2');
});
await s.row('queries', async () => {
  const byNumber = done(await pay.query({ out_trade_no: 'PAID-1' }));
  assert.equal(byNumber.trade_state, 'SUCCESS');
  assert.deepEqual(done(await pay.query({ transaction_id: paid.transaction_id })), byNumber);
});
await s.row('refund', async () => {
  done(await pay.refunds({ transaction_id: paid.transaction_id, out_refund_no: 'R-1', amount: { refund: 30, total: 100, currency: 'CNY' } }));
  assert.equal(done(await pay.find_refunds('R-1')).status, 'SUCCESS');
});
await s.row('upload', async () => {
  assert.ok(done(await pay.upload_images(s.picture, 'a.png')).media_id);
});
await s.row('closed order', async () => {
  done(await pay.transactions_native({
    description: '测试', out_trade_no: 'CLOSED-1', notify_url: 'https://127.0.0.1:9/', amount: { total: 1 },
  }));
  done(await pay.close('CLOSED-1'), 204);
});
await s.row('missing field', async () => {
  const { status, error } = await pay.transactions_jsapi({
    description: '测试', out_trade_no: 'NOBODY-1', notify_url: 'https://127.0.0.1:9/', amount: { total: 1 }, payer: {},
  });
  assert.equal(status, 400);
  assert.equal(JSON.parse(error).detail.field, '/payer/openid');
});
