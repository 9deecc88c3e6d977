// aws-jwt-verify's AlbJwtVerifier over every token of a file, at the time that the file names: a line each.
import { readFileSync } from 'node:fs';
import { createPublicKey } from 'node:crypto';

import { AlbJwtVerifier } from 'aws-jwt-verify';
import * as awsErrors from 'aws-jwt-verify/error';

const { now, albArn, issuer, clientId, keys, tokens } = JSON.parse(readFileSync(process.env.CASES));
Date.now = () => now * 1000;

const verifier = AlbJwtVerifier.create({ albArn, issuer, clientId });
for (const { kid, pem } of keys) {
  const jwk = createPublicKey(pem).export({ format: 'jwk' });
  verifier.cacheJwks({ keys: [{ ...jwk, kid, use: 'sig', alg: 'ES256' }] });
}
const names = new Map(Object.entries(awsErrors).map(([name, type]) => [type, name]));

for (const token of tokens) {
  try {
    verifier.verifySync(token);
    console.log('accepted');
  } catch (error) {
    // The message as far as it does not quote the token.
    const message = error.message.split(/[.:\n]/)[0];
    console.log(`${names.get(error.constructor) ?? error.name}: ${message}`);
  }
}
