// aws-amplify 6, with `userPoolEndpoint` at the pool.
import assert from 'node:assert/strict';

import { Amplify } from 'aws-amplify';
import {
  fetchAuthSession, fetchUserAttributes, getCurrentUser, signIn, signOut,
} from 'aws-amplify/auth';

const { ENDPOINT, POOL_ID, CLIENT_ID, USER_NAME, USER_PASSWORD, FLOWS } = process.env;
Amplify.configure({
  Auth: {
    Cognito: {
      userPoolId: POOL_ID, userPoolClientId: CLIENT_ID, userPoolEndpoint: `${ENDPOINT}/`,
    },
  },
});

const story = (name) => console.log(`ok ${name}`);
const start = (authFlowType, password = USER_PASSWORD, username = USER_NAME) => (
  signIn({ username, password, options: { authFlowType } })
);
const refused = (promise, name, message) => assert.rejects(promise, (error) => {
  assert.deepEqual([error.name, error.message], [name, message]);
  return true;
});
/** An operation of Cognito that Amplify has no use for at that moment. */
const call = async (operation, input) => {
  const answer = await fetch(`${ENDPOINT}/`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify(input),
  });
  return answer.json();
};

const wrong = ['NotAuthorizedException', 'Incorrect username or password.'];
for (const flow of FLOWS.split(',')) {
  await refused(start(flow, 'wrong'), ...wrong);
  story(`is refused with a wrong password by ${flow}`);
  await refused(start(flow, USER_PASSWORD, 'nobody'), ...wrong);
  story(`is told the same about a user who does not exist by ${flow}`);
  const { isSignedIn, nextStep } = await start(flow);
  assert.deepEqual([isSignedIn, nextStep.signInStep], [true, 'DONE']);
  story(`signs in with ${flow}`);

  const { tokens, userSub } = await fetchAuthSession();
  assert.equal(tokens.accessToken.payload.token_use, 'access');
  assert.equal(tokens.idToken.payload.token_use, 'id');
  assert.equal(tokens.idToken.payload.sub, userSub);
  const { username, userId } = await getCurrentUser();
  assert.deepEqual([username, userId], [USER_NAME, userSub]);
  story(`has a session and a user after ${flow}`);

  const attributes = await fetchUserAttributes();
  assert.deepEqual({ ...attributes }, {
    sub: userSub, email: 'alice@example.com', email_verified: 'true', 'custom:tenant': 'acme',
  });
  story(`reads the attributes after ${flow}`);

  const forced = (await fetchAuthSession({ forceRefresh: true })).tokens;
  assert.notEqual(forced.accessToken.toString(), tokens.accessToken.toString());
  assert.equal(forced.accessToken.payload.origin_jti, tokens.accessToken.payload.origin_jti);
  story(`refreshes by force after ${flow}`);

  await signOut({ global: true });
  assert.equal((await fetchAuthSession()).tokens, undefined);
  for (const dead of [tokens, forced]) {
    const { __type, message } = await call('GetUser', {
      AccessToken: dead.accessToken.toString(),
    });
    assert.deepEqual([__type, message],
      ['NotAuthorizedException', 'Access Token has been revoked']);
  }
  story(`signs out globally after ${flow}: every token is dead`);
}

const [flow] = FLOWS.split(',');
await start(flow);
const here = (await fetchAuthSession()).tokens;
const elsewhere = await call('InitiateAuth', {
  AuthFlow: 'USER_PASSWORD_AUTH', ClientId: CLIENT_ID,
  AuthParameters: { USERNAME: USER_NAME, PASSWORD: USER_PASSWORD },
});
await signOut();
const dead = await call('GetUser', { AccessToken: here.accessToken.toString() });
assert.equal(dead.message, 'Access Token has been revoked');
const alive = await call('GetUser', {
  AccessToken: elsewhere.AuthenticationResult.AccessToken,
});
assert.equal(alive.Username, USER_NAME);
story('signs out here alone: tokens of this sign-in are dead, others live');

await start(flow);
const { tokens: signedIn } = await fetchAuthSession();
await call('GlobalSignOut', { AccessToken: signedIn.accessToken.toString() });
await refused(fetchUserAttributes(), 'NotAuthorizedException', 'Access Token has been revoked');
story('is refused when another client signed the user out');
