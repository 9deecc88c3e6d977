// amazon-cognito-identity-js's SRP: many users who sign up, and sign in.
const { AuthenticationDetails, CognitoUser, CognitoUserAttribute, CognitoUserPool } =
  require('amazon-cognito-identity-js');

const { ENDPOINT, POOL_ID, CLIENT_ID, FIRST, SIGN_INS } = process.env;
const kept = {};
const Storage = {
  setItem(key, value) { kept[key] = value; },
  getItem(key) { return kept[key] ?? null; },
  removeItem(key) { delete kept[key]; },
  clear() { Object.keys(kept).forEach((key) => delete kept[key]); },
};
const pool = new CognitoUserPool({
  UserPoolId: POOL_ID, ClientId: CLIENT_ID, endpoint: `${ENDPOINT}/`, Storage,
});
const ask = (call) => new Promise((done, fail) => {
  call((error, result) => (error ? fail(error) : done(result)));
});

async function main() {
  for (let at = Number(FIRST); at < Number(FIRST) + Number(SIGN_INS); at += 1) {
    const [name, password] = [`user${at}@example.com`, `Pässw0rd!${at}`];
    const email = new CognitoUserAttribute({ Name: 'email', Value: name });
    await ask((back) => pool.signUp(name, password, [email], null, back));
    const messages = await (await fetch(`${ENDPOINT}/_local/outbox`)).json();
    const user = new CognitoUser({ Username: name, Pool: pool, Storage });
    await ask((back) => user.confirmRegistration(messages.at(-1).code, false, back));
    const details = new AuthenticationDetails({ Username: name, Password: password });
    await new Promise((onSuccess, onFailure) => user.authenticateUser(details, { onSuccess, onFailure }));
  }
  console.log('ok signs in many users who signed up, each by SRP');
}

main().catch((error) => { console.error(error); process.exit(1); });
