// aws-amplify 6 in a page of a real Chromium with a virtual authenticator: registers a passkey, and signs in with it.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';

import { build } from 'esbuild';
import { chromium } from 'playwright-core';

const { ENDPOINT, POOL_ID, CLIENT_ID, CHROMIUM, USER_NAME, USER_PASSWORD } = process.env;
const story = (name) => console.log(`ok ${name}`);

const bundle = await build({
  stdin: {
    contents: "export { Amplify } from 'aws-amplify'; export * from 'aws-amplify/auth';",
    resolveDir: process.cwd(),
  },
  bundle: true, format: 'iife', globalName: 'amplify', platform: 'browser', write: false,
  logLevel: 'error',
});
const [{ text: script }] = bundle.outputFiles;

// The page has an origin of its own, as an application's: the pool is called across origins.
const page_of_the_application = createServer((request, response) => {
  const is_script = request.url === '/amplify.js';
  response.setHeader('content-type', is_script ? 'text/javascript' : 'text/html');
  response.end(is_script ? script : '<!doctype html><title>An application</title><script src="/amplify.js"></script>');
});
await new Promise((done) => page_of_the_application.listen(0, '127.0.0.1', done));
// The relying party is localhost, which an address is not.
const home = `http://localhost:${page_of_the_application.address().port}/`;

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
try {
  const page = await browser.newPage();
  page.on('console', (message) => console.error(message.text()));
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true,
      isUserVerified: true, automaticPresenceSimulation: true,
    },
  });
  const open = async () => {
    await page.goto(home);
    await page.evaluate(({ endpoint, userPoolId, userPoolClientId }) => amplify.Amplify.configure({
      Auth: { Cognito: { userPoolId, userPoolClientId, userPoolEndpoint: `${endpoint}/` } },
    }), { endpoint: ENDPOINT, userPoolId: POOL_ID, userPoolClientId: CLIENT_ID });
  };
  const signIn = (input) => page.evaluate(async (given) => {
    const { isSignedIn, nextStep } = await amplify.signIn(given);
    return isSignedIn ? 'DONE' : nextStep.signInStep;
  }, input);
  const username = USER_NAME;
  const byPasskey = { username, options: { authFlowType: 'USER_AUTH', preferredChallenge: 'WEB_AUTHN' } };

  await open();
  assert.equal(await signIn({ username, password: USER_PASSWORD }), 'DONE');
  await page.evaluate(() => amplify.associateWebAuthnCredential());
  const { credentials } = await page.evaluate(() => amplify.listWebAuthnCredentials());
  assert.equal(credentials.length, 1);
  assert.equal(credentials[0].relyingPartyId, 'localhost');
  story('registers a passkey');

  for (let again = 0; again < 2; again += 1) {
    await page.evaluate(() => amplify.signOut());
    assert.equal(await signIn(byPasskey), 'DONE');
    const user = await page.evaluate(() => amplify.getCurrentUser());
    assert.equal(user.username, username);
  }
  story('signs in with it, again and again');

  await page.evaluate(() => amplify.signOut());
  const byChoice = { username, options: { authFlowType: 'USER_AUTH' } };
  assert.equal(await signIn(byChoice), 'CONTINUE_SIGN_IN_WITH_FIRST_FACTOR_SELECTION');
  const chosen = await page.evaluate(async () => {
    const { isSignedIn } = await amplify.confirmSignIn({ challengeResponse: 'WEB_AUTHN' });
    return isSignedIn;
  });
  assert.equal(chosen, true);
  story('chooses it among the factors');

  // The tokens are in the page's storage, and are refreshed from there.
  await open();
  const refreshed = await page.evaluate(async () => {
    const before = (await amplify.fetchAuthSession()).tokens.accessToken.toString();
    const after = (await amplify.fetchAuthSession({ forceRefresh: true })).tokens.accessToken.toString();
    return before !== after;
  });
  assert.equal(refreshed, true);
  story('goes on after a reload of the page');

  const refusal = await page.evaluate(async () => {
    const error = await amplify.associateWebAuthnCredential().then(() => null, (caught) => caught);
    return error.name;
  });
  assert.match(refusal, /^(PasskeyAlreadyExists|InvalidStateError)/);
  story('is told that this authenticator has a passkey already');

  await page.evaluate((credentialId) => amplify.deleteWebAuthnCredential({ credentialId }),
    credentials[0].credentialId);
  await page.evaluate(() => amplify.signOut());
  assert.equal(await signIn(byPasskey), 'CONTINUE_SIGN_IN_WITH_FIRST_FACTOR_SELECTION');
  story('deletes it');
} finally {
  await browser.close();
  page_of_the_application.close();
}
// A sign-in that is not finished keeps a timer.
process.exit(0);
