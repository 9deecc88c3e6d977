// Libraries of Node, run in turns with others by race.py: `node node.mjs <folder>`.
import { createRequire } from "node:module";
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";

const folder = process.argv[2];
const require = createRequire(path.resolve(process.env.PEERS, "package.json"));
const version = (name) =>
  JSON.parse(fs.readFileSync(path.join(process.env.PEERS, "node_modules", name, "package.json")))
    .version;
const load = (name) => import(require.resolve(name)).then((module) => module.default ?? module);

const token = fs.readFileSync(path.join(folder, "token"), "utf8");
const jwks = JSON.parse(fs.readFileSync(path.join(folder, "jwks.json"), "utf8"));
const claims = JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
const key = crypto.createPublicKey({ key: jwks.keys.at(-1), format: "jwk" });
const pem = key.export({ type: "spki", format: "pem" });
const forged = `${token.slice(0, token.lastIndexOf("."))}.${"A".repeat(342)}`;

const allowed = (payload) =>
  payload.client_id === claims.client_id &&
  payload.token_use === "access" &&
  payload.scope.split(" ").includes("orders/read") &&
  payload["cognito:groups"].some((group) => group === "admins" || group === "owners");

const contestants = [];

const signingInput = Buffer.from(token.slice(0, token.lastIndexOf(".")));
const encodedSignature = token.slice(token.lastIndexOf(".") + 1);
const signature = Buffer.from(encodedSignature, "base64url");
contestants.push([`signature alone (Node ${process.versions.node}, OpenSSL)`, (token) =>
  token.endsWith(encodedSignature) && crypto.verify("sha256", signingInput, key, signature)]);

const { CognitoJwtVerifier } = await load("aws-jwt-verify");
const cognito = CognitoJwtVerifier.create({
  userPoolId: claims.iss.split("/").at(-1),
  tokenUse: "access",
  clientId: claims.client_id,
  scope: "orders/read",
  groups: ["admins", "owners"],
});
cognito.cacheJwks(jwks);
contestants.push([`aws-jwt-verify ${version("aws-jwt-verify")}`, (token) => cognito.verifySync(token)]);

const { createVerifier } = await load("fast-jwt");
for (const [name, cache] of [["new token", false], ["cached token", true]]) {
  const options = { key: pem, algorithms: ["RS256"], allowedIss: claims.iss, cache };
  const verify = createVerifier(options);
  const title = `fast-jwt ${version("fast-jwt")}, ${name}`;
  contestants.push([title, (token) => allowed(verify(token))]);
}

const jose = await load("jose");
const keySet = jose.createLocalJWKSet(jwks);
const options = { issuer: claims.iss, algorithms: ["RS256"] };
contestants.push([`jose ${version("jose")}`, async (token) =>
  allowed((await jose.jwtVerify(token, keySet, options)).payload)]);

async function accepts(operation, token) {
  try {
    return Boolean(await operation(token));
  } catch {
    return false;
  }
}

for (const [name, operation] of contestants) {
  if (!(await accepts(operation, token)) || (await accepts(operation, forged))) {
    throw new Error(name);
  }
  console.log(name);
}
console.log();

const batches = contestants.map(() => 1);
async function once(index) {
  const operation = contestants[index][1];
  const start = process.hrtime.bigint();
  for (let call = 0; call < batches[index]; call += 1) {
    const accepted = operation(token);
    if (accepted instanceof Promise) await accepted;
  }
  return Number(process.hrtime.bigint() - start) / batches[index];
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const [index, moment] = line.split(" ").map(Number);
  let each = await once(index);
  while (each * batches[index] < moment / 4) {
    batches[index] = Math.max(batches[index] * 2, Math.floor(moment / each / 2));
    each = await once(index);
  }
  console.log(String(each));
}
