// aws-amplify 6: accounts, the choice-based flow, authenticator apps, devices.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';

import { Amplify } from 'aws-amplify';
import {
  autoSignIn, confirmResetPassword, confirmSignIn, confirmSignUp, confirmUserAttribute, deleteUser,
  deleteUserAttributes, fetchAuthSession, fetchDevices, fetchMFAPreference, fetchUserAttributes,
  forgetDevice, getCurrentUser, listWebAuthnCredentials, resendSignUpCode, resetPassword,
  sendUserAttributeVerificationCode, setUpTOTP, signIn, signOut, signUp, updateMFAPreference,
  updatePassword, updateUserAttributes, verifyTOTPSetup,
} from 'aws-amplify/auth';

const { ENDPOINT, DEVICE_ENDPOINT, MFA_ENDPOINT, POOL_ID, CLIENT_ID, USER_PASSWORD } = process.env;
const configure = (endpoint) => Amplify.configure({
  Auth: {
    Cognito: {
      userPoolId: POOL_ID, userPoolClientId: CLIENT_ID, userPoolEndpoint: `${endpoint}/`,
    },
  },
});

const story = (name) => console.log(`ok ${name}`);
const lastCode = async (at = ENDPOINT) => {
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
const step = async (promise) => (await promise).nextStep.signInStep;
const answer = (challengeResponse) => step(confirmSignIn({ challengeResponse }));
const refused = (promise, name) => assert.rejects(promise, (error) => {
  assert.equal(error.name, name);
  return true;
});

configure(ENDPOINT);
const username = 'grace';
const made = await signUp({
  username, password: USER_PASSWORD,
  options: { userAttributes: { email: 'grace@example.com' }, autoSignIn: { authFlowType: 'USER_AUTH' } },
});
assert.equal(made.nextStep.signUpStep, 'CONFIRM_SIGN_UP');
await resendSignUpCode({ username });
const confirmed = await confirmSignUp({ username, confirmationCode: await lastCode() });
assert.equal(confirmed.nextStep.signUpStep, 'COMPLETE_AUTO_SIGN_IN');
assert.equal((await autoSignIn()).isSignedIn, true);
assert.equal((await getCurrentUser()).username, username);
story('signs up, gets another code, confirms and is signed in');

await updatePassword({ oldPassword: USER_PASSWORD, newPassword: 'N3w-Password' });
await signOut();
const reset = await resetPassword({ username });
assert.equal(reset.nextStep.resetPasswordStep, 'CONFIRM_RESET_PASSWORD_WITH_CODE');
await confirmResetPassword({
  username, confirmationCode: await lastCode(), newPassword: USER_PASSWORD,
});
assert.equal(await step(signIn({ username, password: USER_PASSWORD })), 'DONE');
story('changes and resets the password');

await updateUserAttributes({ userAttributes: { email: 'g@example.org', name: 'Grace' } });
await sendUserAttributeVerificationCode({ userAttributeKey: 'email' });
await confirmUserAttribute({ userAttributeKey: 'email', confirmationCode: await lastCode() });
await deleteUserAttributes({ userAttributeKeys: ['name'] });
const attributes = await fetchUserAttributes();
assert.deepEqual([attributes.email, attributes.email_verified, attributes.name],
  ['g@example.org', 'true', undefined]);
assert.deepEqual((await listWebAuthnCredentials()).credentials, []);
await signOut();
story('changes, verifies and deletes attributes');

const byChoice = (preferredChallenge) => signIn({
  username, options: { authFlowType: 'USER_AUTH', preferredChallenge },
});
assert.equal(await step(byChoice('EMAIL_OTP')), 'CONFIRM_SIGN_IN_WITH_EMAIL_CODE');
await refused(confirmSignIn({ challengeResponse: '00000000' }), 'CodeMismatchException');
assert.equal(await answer(await lastCode()), 'DONE');
await signOut();
assert.equal(await step(byChoice()), 'CONTINUE_SIGN_IN_WITH_FIRST_FACTOR_SELECTION');
assert.equal(await answer('EMAIL_OTP'), 'CONFIRM_SIGN_IN_WITH_EMAIL_CODE');
assert.equal(await answer(await lastCode()), 'DONE');
await signOut();
for (const factor of ['PASSWORD', 'PASSWORD_SRP']) {
  const preferred = signIn({
    username, password: USER_PASSWORD,
    options: { authFlowType: 'USER_AUTH', preferredChallenge: factor },
  });
  assert.equal(await step(preferred), 'DONE');
  await signOut();
  assert.equal(await step(byChoice()), 'CONTINUE_SIGN_IN_WITH_FIRST_FACTOR_SELECTION');
  assert.equal(await answer(factor), 'CONFIRM_SIGN_IN_WITH_PASSWORD');
  assert.equal(await answer(USER_PASSWORD), 'DONE');
  await signOut();
}
story('signs in by a factor of its choice: codes, and passwords with and without SRP');

assert.equal(await step(signIn({ username, password: USER_PASSWORD })), 'DONE');
const { sharedSecret } = await setUpTOTP();
await verifyTOTPSetup({ code: totp(sharedSecret) });
await updateMFAPreference({ totp: 'PREFERRED' });
assert.deepEqual(await fetchMFAPreference(), { enabled: ['TOTP'], preferred: 'TOTP' });
await signOut();
assert.equal(await step(signIn({ username, password: USER_PASSWORD })), 'CONFIRM_SIGN_IN_WITH_TOTP_CODE');
assert.equal(await answer(totp(sharedSecret)), 'DONE');
await deleteUser();
story('sets up an authenticator app, signs in with its code, deletes the user');

assert.equal(await step(signIn({ username: 'invited', password: USER_PASSWORD })),
  'CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED');
assert.equal(await answer('N3w-Password'), 'DONE');
await signOut();
story('chooses a new password');

configure(MFA_ENDPOINT);
const started = await signIn({ username: 'alice', password: USER_PASSWORD });
assert.equal(started.nextStep.signInStep, 'CONTINUE_SIGN_IN_WITH_TOTP_SETUP');
assert.equal(await answer(totp(started.nextStep.totpSetupDetails.sharedSecret)), 'DONE');
await signOut();
story('sets up an authenticator app within a sign-in');

// A browser has this: it is the name of the device.
globalThis.navigator ??= { userAgent: 'a browser' };
configure(DEVICE_ENDPOINT);
const alice = { username: 'alice', password: USER_PASSWORD };
assert.equal(await step(signIn(alice)), 'CONFIRM_SIGN_IN_WITH_SMS_CODE');
assert.equal(await answer(await lastCode(DEVICE_ENDPOINT)), 'DONE');
const [device] = await fetchDevices();
assert.ok(device.id);
await fetchAuthSession({ forceRefresh: true });
await signOut();
assert.equal(await step(signIn(alice)), 'DONE');
story('signs in on a remembered device by its secret, without a code');
await forgetDevice({ device });
assert.deepEqual(await fetchDevices(), []);
await signOut();
assert.equal(await step(signIn(alice)), 'CONFIRM_SIGN_IN_WITH_SMS_CODE');
story('forgets the device, and is asked for a code again');
// A sign-in that is not finished keeps a timer.
process.exit(0);
