// Playwright with the Chromium of the machine, as the browser of a web site.
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const { SITE, PREFIX, HOST, CHROMIUM, USER_NAME, USER_PASSWORD } = process.env;
const name = `${PREFIX}session`;
const story = (name) => console.log('ok', name);

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
const device = async () => {
  // The certificate is of this test.
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  context.setDefaultTimeout(60_000);
  return { context, page: await context.newPage() };
};
const signIn = async ({ page }) => {
  await page.goto(`${SITE}account`);
  await page.locator('[name=username]').fill(USER_NAME);
  await page.locator('[name=password]').fill(USER_PASSWORD);
  await page.locator('button[type=submit]').click();
  await page.getByText('Hello, ').waitFor();
};
const session = async ({ context }) => {
  const cookies = await context.cookies(SITE);
  return cookies.find((cookie) => cookie.name === name);
};
const isSignedIn = async ({ page }) => {
  const status = (await page.goto(`${SITE}session`)).status();
  assert.ok([200, 401].includes(status), String(status));
  return status === 200;
};

const one = await device();
await signIn(one);
assert.equal(one.page.url(), `${SITE}account`);
story('signs in from /account, and lands there');

const kept = await session(one);
assert.deepEqual(
  [kept.domain, kept.path, kept.secure, kept.httpOnly, kept.sameSite, kept.value.length],
  [HOST, '/', PREFIX !== '', true, 'Lax', 89],
);
const left = kept.expires - Date.now() / 1000;
assert.ok(left > 43_000 && left <= 43_201, String(left));
const names = (await one.context.cookies(SITE)).map((cookie) => cookie.name);
assert.ok(!names.some((name) => name.startsWith(`${PREFIX}signin-`)), String(names));
assert.equal(await one.page.evaluate(() => document.cookie), '');
story('keeps the session in a cookie of this host alone, out of reach of scripts, for twelve hours');

// A page of another site that posts to this one.
await one.context.route('https://evil.example/**', (route) =>
  route.fulfill({
    contentType: 'text/html',
    body: `<form method=post action="${SITE}logout"><button>Win a prize</button></form>`,
  }),
);
await one.page.goto('https://evil.example/');
const [refused] = await Promise.all([
  one.page.waitForResponse(`${SITE}logout`),
  one.page.getByText('Win a prize').click(),
]);
assert.equal(refused.status(), 403);
assert.ok(await isSignedIn(one));
story('is refused a sign-out that another site posts');

await one.page.goto(`${SITE}account`);
await one.page.locator('form[action="/logout"] button').first().click();
await one.page.waitForURL(`${SITE}logged-out`);
assert.equal(await session(one), undefined);
story('signs out by a form of the site, and at the hosted page');

const thief = await device();
await thief.context.addCookies([kept]);
assert.ok(!(await isSignedIn(thief)));
story('is not signed in by a copy of the old cookie');

const two = await device();
await signIn(one);
await signIn(two);
assert.ok((await isSignedIn(one)) && (await isSignedIn(two)));
await two.page.goto(`${SITE}account`);
await two.page.locator('form[action="/logout"] [name=everywhere]').click();
await two.page.waitForURL(`${SITE}logged-out`);
assert.ok(!(await isSignedIn(one)) && !(await isSignedIn(two)));
story('is out when another device signs out everywhere');

// A page of the site with a script: those of the example allow none.
await two.context.route(`${SITE}script`, (route) =>
  route.fulfill({ contentType: 'text/html', body: '<title>A script</title>' }),
);
await two.page.goto(`${SITE}script`);
const answers = await two.page.evaluate(async () => {
  const read = async (answer) => [answer.status, answer.redirected, await answer.json()];
  return [
    await read(await fetch('/session')),
    await read(await fetch('/logout', { method: 'POST' })),
  ];
});
assert.deepEqual(answers[0], [401, false, { error: 'no_session', login: '/login' }]);
assert.deepEqual(answers[1].slice(0, 2), [200, false]);
assert.match(answers[1][2].logout, /\/logout\?client_id=/);
story('as a script: is told where to sign out and where to sign in, and is not redirected');

await browser.close();
