// wechatpay-axios-plugin against the sandbox.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import sdk from 'wechatpay-axios-plugin';
import * as s from './sandbox.mjs';

const { Wechatpay, Multipart, Formatter, Rsa, Aes: { AesGcm } } = sdk;

for (const [mode, keyID, key] of [
  ['platform certificate', s.platformSerial, s.platformCertificate],
  ['public key', s.publicKeyID, s.publicKey],
]) {
  const row = (name, run) => s.row(`${mode}: ${name}`, run);
  const number = (prefix) => `${prefix}-${keyID.slice(-8)}`;
  const { v3 } = new Wechatpay({
    baseURL: s.baseURL, mchid: s.mchid, serial: s.serial, privateKey: s.privateKey,
    certs: { [keyID]: key }, headers: { 'Wechatpay-Serial': keyID },
  });
  const order = (outTradeNo, notifyURL, payer) => v3.pay.transactions.jsapi.post({
    appid: s.appid, mchid: s.mchid, description: '测试', out_trade_no: outTradeNo, notify_url: notifyURL,
    amount: { total: 100 }, payer,
  });
  const query = (outTradeNo) => v3.pay.transactions.outTradeNo._out_trade_no_.get({ params: { mchid: s.mchid }, out_trade_no: outTradeNo });
  const paid = number('PAID');
  let transactionID;

  await row('webhook of a JSAPI order', async () => {
    const { headers, body } = await s.webhook(async (url) => {
      const { data } = await order(paid, url, { openid: s.openid });
      assert.match(data.prepay_id, /^wx/);
      ({ transaction_id: transactionID } = await s.control('pay', { out_trade_no: paid }));
    });
    const signed = Formatter.response(headers['wechatpay-timestamp'], headers['wechatpay-nonce'], body);
    const keys = { [s.platformSerial]: s.platformCertificate, [s.publicKeyID]: s.publicKey };
    const signer = Rsa.from(keys[headers['wechatpay-serial']], Rsa.KEY_TYPE_PUBLIC);
    assert.ok(Rsa.verify(signed, headers['wechatpay-signature'], signer));
    const { event_type: event, resource } = JSON.parse(body);
    assert.equal(event, 'TRANSACTION.SUCCESS');
    const decrypt = (apiV3Key) => AesGcm.decrypt(resource.ciphertext, apiV3Key, resource.nonce, resource.associated_data);
    assert.equal(JSON.parse(decrypt(s.apiV3Key)).transaction_id, transactionID);
    assert.throws(() => decrypt('0'.repeat(32)), 'another APIv3 key');
  });
  await row('queries', async () => {
    const { data: byNumber } = await query(paid);
    assert.equal(byNumber.trade_state, 'SUCCESS');
    const { data: byID } = await v3.pay.transactions.id._transaction_id_.get({ params: { mchid: s.mchid }, transaction_id: transactionID });
    assert.deepEqual(byID, byNumber);
  });
  await row('refund', async () => {
    const refund = { transaction_id: transactionID, out_refund_no: number('R'), amount: { refund: 30, total: 100, currency: 'CNY' } };
    await v3.refund.domestic.refunds.post(refund);
    const { data } = await v3.refund.domestic.refunds._out_refund_no_.get({ out_refund_no: refund.out_refund_no });
    assert.equal(data.status, 'SUCCESS');
  });
  await row('upload', async () => {
    const meta = { filename: 'a.png', sha256: createHash('sha256').update(s.picture).digest('hex') };
    const form = new Multipart().append('meta', JSON.stringify(meta), 'meta.json').append('file', s.picture, 'a.png');
    const { data } = await v3.merchant.media.upload.post(form.getBuffer(), { meta, headers: form.getHeaders() });
    assert.ok(data.media_id);
  });
  await row('encrypted field', async () => {
    const name = Rsa.encrypt('示例商户全称', Rsa.from(key, Rsa.KEY_TYPE_PUBLIC));
    const { data } = await v3.profitsharing.receivers.add.post({
      appid: s.appid, type: 'MERCHANT_ID', account: '1900000110', name, relation_type: 'PARTNER',
    });
    assert.equal(Rsa.decrypt(data.name, s.privateKey), '示例商户全称');
  });
  await row('closed order', async () => {
    await order(number('CLOSED'), 'https://127.0.0.1:9/', { openid: s.openid });
    const { status } = await v3.pay.transactions.outTradeNo._out_trade_no_.close.post({ mchid: s.mchid }, { out_trade_no: number('CLOSED') });
    assert.equal(status, 204);
  });
  await row('missing field', () => assert.rejects(order(number('NOBODY'), 'https://127.0.0.1:9/', {}), ({ response }) => {
    assert.equal(response.status, 400);
    assert.equal(response.data.code, 'PARAM_ERROR');
    assert.equal(response.data.detail.field, '/payer/openid');
    return true;
  }));
  await row('forged reply', async () => {
    await s.control('faults', { fault: 'tampered' });
    await assert.rejects(query(paid), { code: 'EV3_RES_HEADER_SIGNATURE_DIGEST' });
    await query(paid);
  });
}
