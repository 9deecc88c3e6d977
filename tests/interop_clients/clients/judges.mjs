// aws-jwt-verify and jose, side by side, over every token of a file: one line each, two verdicts.
import { readFileSync } from 'node:fs';

import { CognitoJwtVerifier } from 'aws-jwt-verify';
import * as awsErrors from 'aws-jwt-verify/error';
import { createLocalJWKSet, errors, jwtVerify } from 'jose';

const { jwks, issuer, poolId, clientId, cases } = JSON.parse(readFileSync(process.env.CASES));

const cognito = CognitoJwtVerifier.create({ userPoolId: poolId, tokenUse: null, clientId });
cognito.cacheJwks(jwks);
const names = new Map(Object.entries(awsErrors).map(([name, type]) => [type, name]));

function awsJwtVerify({ use, token }) {
  try {
    cognito.verifySync(token, { tokenUse: use });
    return 'accepted';
  } catch (error) {
    // The message as far as it does not quote the token.
    return `${names.get(error.constructor) ?? error.name}: ${error.message.split(/[.:]/)[0]}`;
  }
}

// What jose's documentation offers for such tokens, and Cognito's two claims by hand.
const keys = createLocalJWKSet(jwks);
const options = { issuer, algorithms: ['RS256'], requiredClaims: ['exp', 'iat', 'sub'] };

async function jose({ use, token }) {
  try {
    const audience = use === 'id' ? { audience: clientId } : {};
    const { payload } = await jwtVerify(token, keys, { ...options, ...audience });
    if (payload.token_use !== use) return 'token_use';
    if (use === 'access' && payload.client_id !== clientId) return 'client_id';
    return 'accepted';
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) return `${error.name}: ${error.message}`;
    return error.claim ? `${error.code} ${error.claim}` : error.code;
  }
}

for (const one of cases) {
  console.log(`${awsJwtVerify(one)}\t${await jose(one)}`);
}
