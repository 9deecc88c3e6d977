// openid-client, a Certified Relying Party. http is allowed to it; nothing else is.
import assert from 'node:assert/strict';

import * as client from 'openid-client';

const {
  ENDPOINT, POOL_ID, CLIENT_ID, CONFIDENTIAL_ID, CONFIDENTIAL_SECRET, MACHINE_ID, MACHINE_SECRET,
  USER_NAME, USER_PASSWORD, REDIRECT_URI, LOGOUT_URI,
} = process.env;
const story = (name) => console.log(`ok ${name}`);
const execute = [client.allowInsecureRequests, client.enableNonRepudiationChecks];
const discover = (id, authentication) => client.discovery(
  new URL(`${ENDPOINT}/${POOL_ID}`), id, undefined, authentication, { execute },
);
const refused = (promise, expected) => assert.rejects(promise, (error) => {
  const { code, error: word, status } = error;
  assert.deepEqual({ code, ...(word && { word }), ...(status && { status }) }, expected);
  return true;
});

/** As much of a browser as a sign-in needs. It stops where the pool sends it away. */
class Browser {
  cookies = new Map();

  async open(url, init = {}) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, { redirect: 'manual', ...init, headers: { cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (value) this.cookies.set(name, value); else this.cookies.delete(name);
    }
    const target = answer.headers.get('location');
    if (target === null) return { url, answer };
    const next = new URL(target, url);
    return next.origin === new URL(url).origin ? this.open(next) : { url: next, answer };
  }

  async signIn(url) {
    const page = await this.open(url);
    assert.equal(page.answer.status, 200);
    const html = await page.answer.text();
    const unescape = (text) => text.replaceAll('&amp;', '&');
    const fields = new URLSearchParams({ username: USER_NAME, password: USER_PASSWORD });
    for (const [, name, value] of html.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)) {
      fields.set(name, unescape(value));
    }
    const action = unescape(/<form method="post" action="([^"]+)"/.exec(html)[1]);
    const { url: callback } = await this.open(new URL(action, page.url), {
      method: 'POST', body: fields,
    });
    assert.equal(`${callback.origin}${callback.pathname}`, REDIRECT_URI);
    return callback;
  }
}

/** A sign-in about to begin: its address, and what to check the callback with. */
async function begin(config, parameters = {}) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const checks = {
    pkceCodeVerifier, expectedState: client.randomState(), expectedNonce: client.randomNonce(),
    idTokenExpected: true,
  };
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT_URI, scope: 'openid email profile', state: checks.expectedState,
    nonce: checks.expectedNonce, code_challenge_method: 'S256',
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier), ...parameters,
  });
  return { url, checks };
}

async function signIn(config, browser = new Browser()) {
  const { url, checks } = await begin(config);
  return client.authorizationCodeGrant(config, await browser.signIn(url), checks);
}

const config = await discover(CLIENT_ID, client.None());
const server = config.serverMetadata();
assert.equal(server.issuer, `${ENDPOINT}/${POOL_ID}`);
for (const name of ['authorization', 'token', 'userinfo', 'revocation', 'end_session']) {
  assert.ok(server[`${name}_endpoint`].startsWith(`${ENDPOINT}/`), name);
}
story('discovers the pool');

const browser = new Browser();
const tokens = await signIn(config, browser);
assert.deepEqual(Object.keys(tokens).sort(),
  ['access_token', 'expires_in', 'id_token', 'refresh_token', 'token_type']);
const claims = tokens.claims();
assert.equal(claims['cognito:username'], USER_NAME);
assert.equal(claims.email_verified, true);
assert.equal(tokens.expires_in, 3600);
story('signs in through the login page, with PKCE, state, nonce, at_hash and the signature checked');

// `issuer` names one host and the endpoints another, as Cognito has it: no discovery then.
const { port } = new URL(ENDPOINT);
const domain = `http://localhost:${port}`;
const apart = new client.Configuration({
  issuer: server.issuer, jwks_uri: server.jwks_uri,
  authorization_endpoint: `${domain}/oauth2/authorize`, token_endpoint: `${domain}/oauth2/token`,
  userinfo_endpoint: `${domain}/oauth2/userInfo`, revocation_endpoint: `${domain}/oauth2/revoke`,
}, CLIENT_ID, undefined, client.None());
execute.forEach((allow) => allow(apart));
assert.equal((await signIn(apart)).claims().sub, claims.sub);
story('signs in where the issuer is at another host than the endpoints');

{
  const { url, checks } = await begin(config);
  const callback = await new Browser().signIn(url);
  await refused(client.authorizationCodeGrant(config, callback, {
    ...checks, expectedState: client.randomState(),
  }), { code: 'OAUTH_INVALID_RESPONSE' });
  await refused(client.authorizationCodeGrant(config, callback, {
    ...checks, expectedNonce: client.randomNonce(),
  }), { code: 'OAUTH_JWT_CLAIM_COMPARISON_FAILED' });
  story('refuses a callback with another state, and an ID token with another nonce');
  await refused(client.authorizationCodeGrant(config, callback, checks),
    { code: 'OAUTH_RESPONSE_BODY_ERROR', word: 'invalid_grant', status: 400 });
  story('is refused a code that was used before');
}
{
  const { url, checks } = await begin(config);
  const callback = await new Browser().signIn(url);
  await refused(client.authorizationCodeGrant(config, callback, {
    ...checks, pkceCodeVerifier: client.randomPKCECodeVerifier(),
  }), { code: 'OAUTH_RESPONSE_BODY_ERROR', word: 'invalid_grant', status: 400 });
  story('is refused with the verifier of another sign-in');
}
{
  const { url, checks } = await begin(config, { prompt: 'none' });
  const stranger = await new Browser().open(url);
  await refused(client.authorizationCodeGrant(config, stranger.url, checks),
    { code: 'OAUTH_AUTHORIZATION_RESPONSE_ERROR', word: 'login_required' });
  const known = await browser.open(url);
  const silent = await client.authorizationCodeGrant(config, known.url, checks);
  assert.equal(silent.claims().auth_time, claims.auth_time);
  story('signs in silently where the browser is known, and only there');
}
{
  const { url, checks } = await begin(config, { scope: 'openid offline_access' });
  const { url: callback } = await browser.open(url);
  await refused(client.authorizationCodeGrant(config, callback, checks),
    { code: 'OAUTH_AUTHORIZATION_RESPONSE_ERROR', word: 'invalid_scope' });
  story('is refused a scope that the client does not have');
}

const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
assert.deepEqual(Object.keys(refreshed).sort(),
  ['access_token', 'expires_in', 'id_token', 'token_type']);
assert.equal(refreshed.claims().sub, claims.sub);
story('refreshes');

const user = await client.fetchUserInfo(config, refreshed.access_token, claims.sub);
assert.deepEqual({ ...user }, {
  sub: claims.sub, username: USER_NAME, email: 'alice@example.com', email_verified: 'true',
  'custom:tenant': 'acme',
});
await refused(client.fetchUserInfo(config, refreshed.access_token, 'somebody-else'),
  { code: 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED' });
story('fetches the user info, and refuses that of another sub');

await refused(client.tokenRevocation(config, tokens.access_token),
  { code: 'OAUTH_RESPONSE_BODY_ERROR', word: 'unsupported_token_type', status: 400 });
story('is refused to revoke an access token');
await client.tokenRevocation(config, tokens.refresh_token);
await client.tokenRevocation(config, tokens.refresh_token);
await refused(client.refreshTokenGrant(config, tokens.refresh_token),
  { code: 'OAUTH_RESPONSE_BODY_ERROR', word: 'invalid_grant', status: 400 });
story('revokes a refresh token, twice if need be');
// Cognito's challenge has no scheme word: to this client it is no challenge at all.
await refused(client.fetchUserInfo(config, refreshed.access_token, claims.sub),
  { code: 'OAUTH_RESPONSE_IS_NOT_CONFORM' });
story('is refused the user info with a revoked token, without a challenge that it can read');

{
  // RP-Initiated Logout has `post_logout_redirect_uri`; Cognito wants `logout_uri`.
  const standard = client.buildEndSessionUrl(config, { post_logout_redirect_uri: LOGOUT_URI });
  assert.equal((await new Browser().open(standard)).answer.status, 400);
  const own = client.buildEndSessionUrl(config, { logout_uri: LOGOUT_URI });
  assert.equal((await browser.open(own)).url.href, LOGOUT_URI);
  const { url, checks } = await begin(config, { prompt: 'none' });
  const { url: callback } = await browser.open(url);
  await refused(client.authorizationCodeGrant(config, callback, checks),
    { code: 'OAUTH_AUTHORIZATION_RESPONSE_ERROR', word: 'login_required' });
  story('signs the browser out, by `logout_uri` and not by `post_logout_redirect_uri`');
}

for (const method of ['ClientSecretBasic', 'ClientSecretPost']) {
  const confidential = await discover(CONFIDENTIAL_ID, client[method](CONFIDENTIAL_SECRET));
  const granted = await signIn(confidential);
  assert.equal(granted.claims().aud, CONFIDENTIAL_ID);
  await client.refreshTokenGrant(confidential, granted.refresh_token);
  await client.tokenRevocation(confidential, granted.refresh_token);
  story(`signs in, refreshes and revokes with a secret by ${method}`);
}
{
  const wrong = await discover(CONFIDENTIAL_ID, client.ClientSecretBasic('wrong'));
  await refused(signIn(wrong),
    { code: 'OAUTH_RESPONSE_BODY_ERROR', word: 'invalid_client', status: 400 });
  story('is refused with a wrong secret');
}
{
  const machine = await discover(MACHINE_ID, client.ClientSecretBasic(MACHINE_SECRET));
  const granted = await client.clientCredentialsGrant(machine, { scope: 'api/read' });
  assert.deepEqual(Object.keys(granted).sort(), ['access_token', 'expires_in', 'token_type']);
  await refused(client.clientCredentialsGrant(machine, { scope: 'api/admin' }),
    { code: 'OAUTH_RESPONSE_BODY_ERROR', word: 'invalid_scope', status: 400 });
  story('gets a token for itself, with scopes of its own only');
}
