// The keys that amazon-cognito-identity-js comes to in COUNT sign-ins, whose numbers follow from their place:
// those of `TestSignIn` in src/srp/tests/sign_ins.rs. The server's number is made here, with BigInt.
// `COUNT=200 node amazon_cognito_identity_js_keys.js` wrote tests/vectors/srp_identity_js.json.
const { createHash } = require('node:crypto');
const AuthenticationHelper = require('amazon-cognito-identity-js/lib/AuthenticationHelper').default;
const BigInteger = require('amazon-cognito-identity-js/lib/BigInteger').default;

const [realm, userId] = ['AbCdEf123', 'alice'];
const sha256 = (...parts) => {
  const hash = createHash('sha256');
  parts.forEach((part) => hash.update(part));
  return hash.digest();
};
const stream = (number, purpose) => sha256(`${purpose} ${number}`);
const fromOctets = (octets) => BigInt(`0x${octets.toString('hex')}`);
const pad = (number) => {
  let digits = number.toString(16);
  digits = digits.length % 2 ? `0${digits}` : digits;
  return Buffer.from(/^[89a-f]/.test(digits) ? `00${digits}` : digits, 'hex');
};
const power = (base, exponent, modulus) => {
  let result = 1n;
  for (; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % modulus;
    base = (base * base) % modulus;
  }
  return result;
};

function keyOf(number) {
  const password = stream(number, 'password').toString('hex').replace(/^0+/, '');
  const salt = fromOctets(stream(number, 'salt').subarray(0, 16));
  const a = Buffer.concat(['a0', 'a1', 'a2', 'a3'].map((purpose) => stream(number, purpose)));
  const b = fromOctets(stream(number, 'b'));

  const helper = new AuthenticationHelper(realm);
  helper.smallAValue = new BigInteger(a.toString('hex'), 16);
  helper.largeAValue = undefined;
  helper.getLargeAValue(() => {});
  const prime = BigInt(`0x${helper.N.toString(16)}`);
  const k = fromOctets(sha256(pad(prime), pad(2n)));
  const x = fromOctets(sha256(pad(salt), sha256(realm, userId, ':', password)));
  const B = (k * power(2n, x, prime) + power(2n, b, prime)) % prime;
  let key;
  const numbers = [B, salt].map((value) => new BigInteger(value.toString(16), 16));
  helper.getPasswordAuthenticationKey(userId, password, ...numbers, (error, result) => {
    if (error) throw error;
    key = Buffer.from(result).toString('hex');
  });
  return key;
}

const keys = Array.from({ length: Number(process.env.COUNT) }, (_, number) => keyOf(number));
console.log(JSON.stringify(keys, null, 1));
