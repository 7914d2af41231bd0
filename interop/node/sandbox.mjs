// What the programs here share: the folder with the sandbox's credentials, which is the working
// directory, the variables of its env.sh, and the control API, which plays the payer.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

const variable = (name) => {
  const value = process.env[`WECHATPAY_${name}`];
  if (!value) throw new Error(`WECHATPAY_${name} is not set; begin with ". ./env.sh"`);
  return value;
};

export const baseURL = variable('BASE_URL');
export const mchid = variable('MCHID');
export const serial = variable('SERIAL');
export const apiV3Key = variable('APIV3_KEY');
export const publicKeyID = variable('PUBLIC_KEY_ID');
export const platformSerial = variable('PLATFORM_SERIAL');

export const privateKey = readFileSync('apiclient_key.pem');
export const certificate = readFileSync('apiclient_cert.pem');
export const publicKey = readFileSync('pub_key.pem');
export const platformCertificate = readFileSync(`wechatpay_${platformSerial}.pem`);

export const appid = 'wxd678efh567hg6787';
export const openid = 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o';
export const picture = Buffer.from('\x89PNG', 'latin1');

// control calls an action of the control API.
export async function control(action, body) {
  const reply = await fetch(`${baseURL}/_sandbox/v1/${action}`, {
    method: 'POST', headers: { Authorization: `Bearer ${variable('CONTROL_TOKEN')}` }, body: JSON.stringify(body),
  });
  if (!reply.ok) throw new Error(`${action}: ${reply.status} ${await reply.text()}`);
  return reply.json();
}

// webhook waits at a notify_url for one webhook, which cause brings about.
export async function webhook(cause) {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const arrived = once(server, 'request');
  await cause(`http://127.0.0.1:${server.address().port}/notify`);
  const [request, reply] = await arrived;
  const body = await text(request);
  reply.end();
  server.close();
  return { headers: request.headers, body };
}

// row runs a part of a test, and prints its name.
export async function row(name, run) {
  await run();
  console.log(name);
}
