// amazon-cognito-identity-js, with the option `endpoint` at the pool.
const assert = require('node:assert/strict');
const {
  AuthenticationDetails, CognitoRefreshToken, CognitoUser, CognitoUserPool,
} = require('amazon-cognito-identity-js');

const { ENDPOINT, POOL_ID, CLIENT_ID, USER_NAME, USER_PASSWORD, FLOWS } = process.env;
const pool = new CognitoUserPool({
  UserPoolId: POOL_ID, ClientId: CLIENT_ID, endpoint: `${ENDPOINT}/`,
});

const story = (name) => console.log(`ok ${name}`);
const userOf = (name) => new CognitoUser({ Username: name, Pool: pool });
/** As a promise, a method that ends with a callback `(error, result)`. */
const ask = (call) => new Promise((done, fail) => {
  call((error, result) => (error ? fail(error) : done(result)));
});
const signIn = (user, flow, password) => new Promise((onSuccess, onFailure) => {
  if (flow) user.setAuthenticationFlowType(flow);
  const details = { Username: user.getUsername(), Password: password };
  user.authenticateUser(new AuthenticationDetails(details), { onSuccess, onFailure });
});
const globalSignOut = (user) => new Promise((onSuccess, onFailure) => {
  user.globalSignOut({ onSuccess, onFailure });
});
const refused = (promise, code, message) => assert.rejects(promise, (error) => {
  assert.deepEqual([error.code, error.message], [code, message]);
  return true;
});

async function main() {
  const wrong = ['NotAuthorizedException', 'Incorrect username or password.'];
  for (const flow of FLOWS.split(',')) {
    const user = userOf(USER_NAME);
    const session = await signIn(user, flow, USER_PASSWORD);
    assert.equal(session.isValid(), true);
    const [access, id] = [session.getAccessToken().payload, session.getIdToken().payload];
    assert.equal(access.token_use, 'access');
    assert.equal(access.client_id, CLIENT_ID);
    assert.equal(id.token_use, 'id');
    assert.equal(id['cognito:username'], USER_NAME);
    assert.equal(user.getUsername(), USER_NAME);
    story(`signs in with ${flow}`);
    await refused(signIn(userOf(USER_NAME), flow, 'wrong'), ...wrong);
    story(`is refused with a wrong password by ${flow}`);
    await refused(signIn(userOf('nobody'), flow, USER_PASSWORD), ...wrong);
    story(`is told the same about a user who does not exist by ${flow}`);
  }

  const user = pool.getCurrentUser();
  const kept = await ask((back) => user.getSession(back));
  assert.equal(kept.isValid(), true);
  story('keeps the session');

  const attributes = await ask((back) => user.getUserAttributes(back));
  const named = Object.fromEntries(attributes.map((one) => [one.getName(), one.getValue()]));
  assert.equal(named.sub, kept.getIdToken().payload.sub);
  assert.equal(named.email, 'alice@example.com');
  assert.equal(named.email_verified, 'true');
  story('reads the attributes');
  const data = await ask((back) => user.getUserData(back));
  assert.equal(data.Username, USER_NAME);
  story('reads the user');

  const refreshed = await ask((back) => user.refreshSession(kept.getRefreshToken(), back));
  assert.notEqual(refreshed.getAccessToken().getJwtToken(), kept.getAccessToken().getJwtToken());
  const origin = (session) => session.getAccessToken().payload.origin_jti;
  assert.equal(origin(refreshed), origin(kept));
  assert.equal(refreshed.getRefreshToken().getToken(), kept.getRefreshToken().getToken());
  story('refreshes the session');
  const unknown = new CognitoRefreshToken({ RefreshToken: 'eyJjdHki.a.b.c.d' });
  await refused(ask((back) => userOf(USER_NAME).refreshSession(unknown, back)),
    'NotAuthorizedException', 'Invalid Refresh Token.');
  story('is refused with a refresh token that does not exist');

  await ask((back) => user.signOut(back));
  assert.equal(pool.getCurrentUser(), null);
  await refused(ask((back) => userOf(USER_NAME).refreshSession(kept.getRefreshToken(), back)),
    'NotAuthorizedException', 'Refresh Token has been revoked');
  story('signs out: its refresh token is revoked');

  const [here, there] = [userOf(USER_NAME), userOf(USER_NAME)];
  const [flow] = FLOWS.split(',');
  await signIn(here, flow, USER_PASSWORD);
  await signIn(there, flow, USER_PASSWORD);
  assert.equal(await globalSignOut(here), 'SUCCESS');
  await refused(ask((back) => there.getUserAttributes(back)),
    'NotAuthorizedException', 'Access Token has been revoked');
  story('signs out globally: tokens of another sign-in are dead');
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
