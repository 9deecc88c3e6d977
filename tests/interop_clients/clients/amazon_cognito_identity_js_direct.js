// amazon-cognito-identity-js: sign-up, passwords, second factors and devices, by SRP.
const assert = require('node:assert/strict');
const { createHmac } = require('node:crypto');
const {
  AuthenticationDetails, CognitoUser, CognitoUserAttribute, CognitoUserPool,
} = require('amazon-cognito-identity-js');

const { ENDPOINT, DEVICE_ENDPOINT, MFA_ENDPOINT, POOL_ID, CLIENT_ID, USER_PASSWORD } = process.env;
const poolAt = (endpoint) => {
  // Each pool has a storage of its own: a device is remembered in it.
  const kept = {};
  const Storage = {
    setItem(key, value) { kept[key] = value; },
    getItem(key) { return Object.hasOwn(kept, key) ? kept[key] : null; },
    removeItem(key) { delete kept[key]; },
    clear() { Object.keys(kept).forEach((key) => delete kept[key]); },
  };
  const pool = new CognitoUserPool({
    UserPoolId: POOL_ID, ClientId: CLIENT_ID, endpoint: `${endpoint}/`, Storage,
  });
  return { endpoint, kept, pool, user: (name) => new CognitoUser({ Username: name, Pool: pool, Storage }) };
};

const story = (name) => console.log(`ok ${name}`);
const ask = (call) => new Promise((done, fail) => {
  call((error, result) => (error ? fail(error) : done(result)));
});
/** The callback of a step that came, and what it came with. */
const step = (call) => new Promise((done, fail) => {
  const names = ['onSuccess', 'newPasswordRequired', 'mfaRequired', 'totpRequired', 'selectMFAType',
    'mfaSetup', 'inputVerificationCode', 'associateSecretCode'];
  const callbacks = Object.fromEntries(names.map((name) => [name, (...given) => done([name, ...given])]));
  call({ ...callbacks, onFailure: fail });
});
const signIn = (user, password = USER_PASSWORD) => step((callbacks) => {
  const details = { Username: user.getUsername(), Password: password };
  user.authenticateUser(new AuthenticationDetails(details), callbacks);
});
const refused = (promise, code) => assert.rejects(promise, (error) => {
  assert.equal(error.code, code);
  return true;
});
const lastCode = async (at) => {
  const messages = await (await fetch(`${at}/_local/outbox`)).json();
  return messages.at(-1).code;
};
const totp = (secret) => {
  const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((octet) => parseInt(octet, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const number = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff;
  return String(number % 1000000).padStart(6, '0');
};

async function main() {
  const at = poolAt(ENDPOINT);
  const email = new CognitoUserAttribute({ Name: 'email', Value: 'frank@example.com' });
  const { user, userConfirmed } = await ask((back) => at.pool.signUp('frank', USER_PASSWORD, [email], null, back));
  assert.equal(userConfirmed, false);
  await refused(signIn(user), 'UserNotConfirmedException');
  await ask((back) => user.resendConfirmationCode(back));
  await ask(async (back) => user.confirmRegistration(await lastCode(ENDPOINT), false, back));
  assert.equal((await signIn(user))[0], 'onSuccess');
  story('signs up, gets another code, confirms and signs in by SRP');

  assert.equal((await step((callbacks) => user.forgotPassword(callbacks)))[0], 'inputVerificationCode');
  const code = await lastCode(ENDPOINT);
  await step((callbacks) => user.confirmPassword(code, 'N3w-Password', callbacks));
  await refused(signIn(user), 'NotAuthorizedException');
  assert.equal((await signIn(user, 'N3w-Password'))[0], 'onSuccess');
  await ask((back) => user.changePassword('N3w-Password', USER_PASSWORD, back));
  assert.equal((await signIn(user))[0], 'onSuccess');
  story('resets and changes the password');

  const name = new CognitoUserAttribute({ Name: 'email', Value: 'f@example.org' });
  await ask((back) => user.updateAttributes([name], back));
  assert.equal((await step((callbacks) => user.getAttributeVerificationCode('email', callbacks)))[0], 'inputVerificationCode');
  const sent = await lastCode(ENDPOINT);
  await step((callbacks) => user.verifyAttribute('email', sent, callbacks));
  story('changes and verifies an attribute');

  const [, secret] = await step((callbacks) => user.associateSoftwareToken({
    associateSecretCode: (given) => callbacks.onSuccess(given), onFailure: callbacks.onFailure,
  }));
  await step((callbacks) => user.verifySoftwareToken(totp(secret), 'phone', callbacks));
  const preferred = { PreferredMfa: true, Enabled: true };
  assert.equal(await ask((back) => user.setUserMfaPreference(null, preferred, back)), 'SUCCESS');
  const [asked] = await signIn(user);
  assert.equal(asked, 'totpRequired');
  const [done] = await step((callbacks) => user.sendMFACode(totp(secret), callbacks, 'SOFTWARE_TOKEN_MFA'));
  assert.equal(done, 'onSuccess');
  story('sets up an authenticator app and signs in with its code');

  const sms = at.user('sms');
  assert.equal((await signIn(sms))[0], 'mfaRequired');
  const byMessage = await lastCode(ENDPOINT);
  assert.equal((await step((callbacks) => sms.sendMFACode(byMessage, callbacks)))[0], 'onSuccess');
  story('signs in with a code by SMS');

  const invited = at.user('invited');
  const [challenge, attributes] = await signIn(invited);
  assert.deepEqual([challenge, attributes.email], ['newPasswordRequired', 'invited@example.com']);
  const [chosen] = await step((callbacks) => invited.completeNewPasswordChallenge('N3w-Password', {}, callbacks));
  assert.equal(chosen, 'onSuccess');
  story('chooses a new password');

  const demanding = poolAt(MFA_ENDPOINT).user('alice');
  assert.equal((await signIn(demanding))[0], 'mfaSetup');
  const [, made] = await step((callbacks) => demanding.associateSoftwareToken({
    associateSecretCode: (given) => callbacks.onSuccess(given), onFailure: callbacks.onFailure,
  }));
  const [ended] = await step((callbacks) => demanding.verifySoftwareToken(totp(made), 'phone', callbacks));
  assert.equal(ended, 'onSuccess');
  story('sets up an authenticator app within a sign-in');

  const tracking = poolAt(DEVICE_ENDPOINT);
  const first = tracking.user('alice');
  assert.equal((await signIn(first))[0], 'mfaRequired');
  const once = await lastCode(DEVICE_ENDPOINT);
  assert.equal((await step((callbacks) => first.sendMFACode(once, callbacks)))[0], 'onSuccess');
  const key = Object.entries(tracking.kept).find(([known]) => known.endsWith('deviceKey'))[1];
  const before = await lastCode(DEVICE_ENDPOINT);
  const again = tracking.user('alice');
  assert.equal((await signIn(again))[0], 'onSuccess');
  assert.equal(await lastCode(DEVICE_ENDPOINT), before);
  story('signs in on a remembered device by its secret, without a code');
  const session = await ask((back) => again.getSession(back));
  await ask((back) => again.refreshSession(session.getRefreshToken(), back));
  story('refreshes on the device');
  const [, devices] = await step((callbacks) => again.listDevices(10, null, callbacks));
  assert.deepEqual(devices.Devices.map((device) => device.DeviceKey), [key]);
  await step((callbacks) => again.setDeviceStatusNotRemembered(callbacks));
  await step((callbacks) => again.getDevice(callbacks));
  await step((callbacks) => again.forgetDevice(callbacks));
  assert.equal((await signIn(tracking.user('alice')))[0], 'mfaRequired');
  story('lists and forgets the device, and is asked for a code again');

  assert.equal((await ask((back) => user.deleteUser(back))), 'SUCCESS');
  story('deletes the user');
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
