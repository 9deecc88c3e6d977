// A passkey of a real Chromium, with a virtual authenticator: registered and proved at the pool.
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const { ENDPOINT, CLIENT_ID, CHROMIUM, USER_NAME, USER_PASSWORD, REDIRECT_URI: redirect } = process.env;
const story = (name) => console.log(`ok ${name}`);
const call = async (operation, input) => {
  const answer = await fetch(`${ENDPOINT}/`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify(input),
  });
  const body = await answer.json();
  assert.equal(answer.status, 200, JSON.stringify(body));
  return body;
};
const start = (flow, parameters) => call('InitiateAuth', {
  AuthFlow: flow, ClientId: CLIENT_ID, AuthParameters: { USERNAME: USER_NAME, ...parameters },
});

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
try {
  const page = await browser.newPage();
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true,
      isUserVerified: true, automaticPresenceSimulation: true,
    },
  });
  // The relying party is localhost, which an address is not.
  await page.goto(ENDPOINT.replace('127.0.0.1', 'localhost'));

  const { AccessToken } = (await start('USER_PASSWORD_AUTH', { PASSWORD: USER_PASSWORD })).AuthenticationResult;
  const { CredentialCreationOptions } = await call('StartWebAuthnRegistration', { AccessToken });
  const Credential = await page.evaluate(async (options) => {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    return (await navigator.credentials.create({ publicKey })).toJSON();
  }, CredentialCreationOptions);
  await call('CompleteWebAuthnRegistration', { AccessToken, Credential });
  const { Credentials } = await call('ListWebAuthnCredentials', { AccessToken });
  assert.equal(Credentials[0].CredentialId, Credential.id);
  story('registers a passkey');

  for (let again = 0; again < 3; again += 1) {
    const given = await start('USER_AUTH', { PREFERRED_CHALLENGE: 'WEB_AUTHN' });
    assert.equal(given.ChallengeName, 'WEB_AUTHN');
    const options = JSON.parse(given.ChallengeParameters.CREDENTIAL_REQUEST_OPTIONS);
    const proof = await page.evaluate(async (request) => {
      const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(request);
      return (await navigator.credentials.get({ publicKey })).toJSON();
    }, options);
    const done = await call('RespondToAuthChallenge', {
      ClientId: CLIENT_ID, ChallengeName: 'WEB_AUTHN', Session: given.Session,
      ChallengeResponses: { USERNAME: USER_NAME, CREDENTIAL: JSON.stringify(proof) },
    });
    assert.ok(done.AuthenticationResult.AccessToken);
  }
  story('signs in with it, again and again');

  const { CredentialCreationOptions: second } = await call('StartWebAuthnRegistration', { AccessToken });
  const refusal = await page.evaluate(async (options) => {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    return navigator.credentials.create({ publicKey }).then(() => '', (error) => error.name);
  }, second);
  assert.equal(refusal, 'InvalidStateError');
  story('is told that this authenticator has a passkey already');

  // The pages of the pool: with a password, a second authenticator's passkey, then with that.
  const query = new URLSearchParams({ response_type: 'code', client_id: CLIENT_ID, redirect_uri: redirect });
  const home = ENDPOINT.replace('127.0.0.1', 'localhost');
  // No server is there: the address that the browser is sent to is all there is to see.
  const landing = async (click) => {
    const landed = page.waitForRequest((request) => request.url().startsWith(redirect));
    await page.click(click, { noWaitAfter: true });
    return new URL((await landed).url());
  };
  await session.send('WebAuthn.disable');
  await session.send('WebAuthn.enable');
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2', transport: 'usb', hasResidentKey: true, hasUserVerification: true,
      isUserVerified: true, automaticPresenceSimulation: true,
    },
  });
  await page.goto(`${home}/login?${query}`);
  await page.fill('#username', USER_NAME);
  await page.fill('#password', USER_PASSWORD);
  assert.ok((await landing('button')).searchParams.get('code'));
  await page.goto(`${home}/passkeys/add?${query}`);
  assert.equal((await landing('button')).href, redirect);
  story('adds a passkey at the login page');
  await page.goto(`${ENDPOINT}/login?${query}`);
  await page.click('text=Sign in with a passkey');
  await page.fill('#username', USER_NAME);
  await page.click('button');
  assert.ok((await landing('text=Use the passkey')).searchParams.get('code'));
  story('signs in with it there');
} finally {
  await browser.close();
}
