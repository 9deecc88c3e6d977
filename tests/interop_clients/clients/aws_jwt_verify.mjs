// aws-jwt-verify. It fetches keys over https only, so the pool's JWKS address is also served here
// through TLS, byte for byte; NODE_EXTRA_CA_CERTS has the certificate.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { get } from 'node:http';

import { CognitoJwtVerifier, JwtVerifier } from 'aws-jwt-verify';
import { validateCognitoJwtFields } from 'aws-jwt-verify/cognito-verifier';
import {
  CognitoJwtInvalidClientIdError, CognitoJwtInvalidGroupError, CognitoJwtInvalidTokenUseError,
  JwtExpiredError, JwtInvalidIssuerError, JwtInvalidScopeError, JwtInvalidSignatureAlgorithmError,
  JwtInvalidSignatureError, JwtParseError, KidNotFoundInJwksError, ParameterValidationError,
} from 'aws-jwt-verify/error';

const {
  ENDPOINT, POOL_ID, CLIENT_ID, CONFIDENTIAL_ID, MACHINE_ID, USER_NAME, TLS_KEY, NODE_EXTRA_CA_CERTS,
} = process.env;
const [tokens, cognitos] = [process.env.TOKENS, process.env.COGNITOS_TOKENS].map(JSON.parse);
const story = (name) => console.log(`ok ${name}`);
const issuer = `${ENDPOINT}/${POOL_ID}`;
const jwksAddress = `${issuer}/.well-known/jwks.json`;

/** The same tokens to CognitoJwtVerifier and to JwtVerifier: what both say of each. */
async function judge(whose, verify, verdicts) {
  const accepted = await verify('access', { tokenUse: 'access' });
  assert.equal(accepted.username, USER_NAME);
  assert.equal((await verify('id', { tokenUse: 'id' })).email, 'alice@example.com');
  assert.equal((await verify('machine', { tokenUse: 'access', clientId: MACHINE_ID })).scope, 'api/read');
  await verify('access of another client', {
    tokenUse: 'access', clientId: [CLIENT_ID, CONFIDENTIAL_ID],
  });
  story(`${whose}: accepts access, ID and machines' tokens`);
  for (const [name, error, options] of verdicts) {
    await assert.rejects(verify(name, { tokenUse: 'access', ...options }), error, `${whose}: ${name}`);
  }
  story(`${whose}: refuses wrong client, wrong use, tampered, forged, expired, no signature, unknown key`);
}

const verdicts = [
  ['access of another client', CognitoJwtInvalidClientIdError],
  ['id of another client', CognitoJwtInvalidClientIdError, { tokenUse: 'id' }],
  ['id', CognitoJwtInvalidTokenUseError],
  ['access', CognitoJwtInvalidTokenUseError, { tokenUse: 'id' }],
  ['tampered', JwtInvalidSignatureError],
  ['signed by a stranger', JwtInvalidSignatureError],
  ['expired', JwtExpiredError],
  ['without a signature', JwtParseError],
  ['with the algorithm HS256', JwtInvalidSignatureAlgorithmError],
  ['of an unknown key', KidNotFoundInJwksError],
];

// CognitoJwtVerifier makes the issuer out of the pool's id: these tokens carry it, as Cognito's do.
const jwks = await (await fetch(jwksAddress)).json();
const cognito = CognitoJwtVerifier.create({ userPoolId: POOL_ID, tokenUse: null, clientId: CLIENT_ID });
cognito.cacheJwks(jwks);
const verifySync = async (name, options) => cognito.verifySync(cognitos[name], options);
await judge('CognitoJwtVerifier', verifySync, [
  ...verdicts,
  ['of another pool', ParameterValidationError],
]);
const options = { tokenUse: 'access' };
assert.equal((await cognito.verify(cognitos.access, options)).username, USER_NAME);
story('CognitoJwtVerifier: needs no network, with keys put there by hand');
cognito.verifySync(cognitos.access, { ...options, groups: 'admins', scope: ['openid', 'x/y'] });
assert.throws(() => cognito.verifySync(cognitos.access, { ...options, groups: 'owners' }),
  CognitoJwtInvalidGroupError);
assert.throws(() => cognito.verifySync(cognitos.access, { ...options, scope: 'x/y' }),
  JwtInvalidScopeError);
story('CognitoJwtVerifier: finds groups and scopes where they are demanded');

// The pool's own tokens, with its address for an issuer, and keys fetched.
const proxy = createServer({ key: readFileSync(TLS_KEY), cert: readFileSync(NODE_EXTRA_CA_CERTS) },
  ({ url }, answer) => get(`${ENDPOINT}${url}`, (theirs) => {
    answer.writeHead(theirs.statusCode, theirs.headers);
    theirs.pipe(answer);
  }));
await new Promise((listening) => { proxy.listen(0, '127.0.0.1', listening); });
const jwksUri = jwksAddress.replace(ENDPOINT, `https://127.0.0.1:${proxy.address().port}`);
const generic = JwtVerifier.create({ issuer, audience: null, jwksUri });
await generic.hydrate();
story('JwtVerifier: fetches the keys over https, in the form and with the type that it wants');
const verify = async (name, fields) => {
  const payload = await generic.verify(tokens[name]);
  validateCognitoJwtFields(payload, { clientId: CLIENT_ID, ...fields });
  return payload;
};
await judge('JwtVerifier', verify, [...verdicts, ['of another pool', JwtInvalidIssuerError]]);
proxy.close();
proxy.closeAllConnections();
