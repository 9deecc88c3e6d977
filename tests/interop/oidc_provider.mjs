// oidc-provider, certified by the OpenID Foundation, at Cognito's paths and with Cognito's claims.
// Its own login and consent pages take any name and any password. For a web site that signs its users in
// here, /control moves the clock, and has every request answered with 503.
import { generateKeyPairSync } from 'node:crypto';
import http from 'node:http';

const { PEERS, PORT, REDIRECT_URI, SITE } = process.env;
const { Provider } = await import(`${PEERS}/node_modules/oidc-provider/lib/index.js`);
const issuer = `http://127.0.0.1:${PORT}/pool1`;
const resource = 'urn:pool';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = { ...privateKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'RS256' };

const app = {
  redirect_uris: [REDIRECT_URI],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
};
const open = { ...app, token_endpoint_auth_method: 'none' };
const site = {
  ...app,
  client_id: 'site',
  client_secret: 'a-secret-of-a-site',
  redirect_uris: [`${SITE}callback`],
  post_logout_redirect_uris: [`${SITE}logged-out`],
};

const system = Date.now;
let ahead = 0;
let away = false;
Date.now = () => system() + ahead * 1000;

const provider = new Provider(issuer, {
  clients: [
    ...(SITE ? [site] : []),
    { ...open, client_id: 'public' },
    { ...open, client_id: 'another' },
    { ...open, client_id: 'rotating' },
    { ...open, client_id: 'opaque' },
    { ...app, client_id: 'confidential', client_secret: 's3cr+t/with=odd:chars%&and~more' },
    {
      client_id: 'machine',
      client_secret: 'a-secret-of-a-machine',
      redirect_uris: [],
      response_types: [],
      grant_types: ['client_credentials'],
    },
  ],
  jwks: { keys: [key] },
  cookies: { keys: ['a', 'b'] },
  scopes: ['openid', 'offline_access', 'email', 'profile'],
  claims: {
    openid: ['sub', 'username', 'cognito:username', 'token_use'],
    email: ['email', 'email_verified'],
  },
  conformIdTokenClaims: false,
  pkce: { required: (_context, client) => client.clientAuthMethod === 'none' },
  issueRefreshToken: async (_context, client) => client.grantTypeAllowed('refresh_token'),
  rotateRefreshToken: (context) => ['rotating', 'site'].includes(context.oidc.client.clientId),
  findAccount: (_context, id) => ({
    accountId: id,
    claims: async () => ({
      sub: id,
      username: id,
      'cognito:username': id,
      token_use: 'id',
      email: `${id}@example.com`,
      email_verified: true,
    }),
  }),
  extraTokenClaims: (_context, token) => ({ token_use: 'access', username: token.accountId }),
  ttl: { AccessToken: 3600, ClientCredentials: 3600, IdToken: 3600 },
  features: {
    devInteractions: { enabled: true },
    revocation: { enabled: true },
    clientCredentials: { enabled: true },
    userinfo: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: (_context, client) => (client.clientId === 'opaque' ? undefined : resource),
      useGrantedResource: () => true,
      getResourceServerInfo: (_context, _resource, client) => ({
        scope: 'openid email profile',
        // A trigger of Cognito may write the client's id there.
        audience: client.clientId === 'site' ? 'site' : resource,
        accessTokenFormat: 'jwt',
        accessTokenTTL: 3600,
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
  routes: {
    authorization: '/oauth2/authorize',
    token: '/oauth2/token',
    userinfo: '/oauth2/userInfo',
    revocation: '/oauth2/revoke',
    jwks: '/.well-known/jwks.json',
  },
});

provider.on('grant.success', (context) => console.log('granted', context.oidc.params.grant_type));
provider.on('grant.error', (_context, error) => console.log('refused', error.error));
provider.on('refresh_token.consumed', () => console.log('a refresh token was rotated'));
provider.on('grant.revoked', () => console.log('a sign-in was revoked'));

const control = (query) => {
  ahead = Number(query.get('ahead') ?? ahead);
  away = (query.get('away') ?? String(away)) === 'true';
};

/** Cognito's `/logout` as OpenID Connect RP-Initiated Logout. */
const logout = (query) => {
  const parameters = { client_id: query.get('client_id'), post_logout_redirect_uri: query.get('logout_uri') };
  return `/pool1/session/end?${new URLSearchParams(parameters)}`;
};

const answer = provider.callback();
http
  .createServer((request, response) => {
    const url = new URL(request.url, issuer);
    if (url.pathname === '/control') {
      control(url.searchParams);
      return response.end();
    }
    if (away) {
      response.statusCode = 503;
      return response.end();
    }
    if (url.pathname === '/pool1/logout') request.url = logout(url.searchParams);
    if (!request.url.startsWith('/pool1/')) {
      response.statusCode = 404;
      return response.end();
    }
    request.originalUrl = request.url;
    request.url = request.url.slice('/pool1'.length);
    return answer(request, response);
  })
  .listen(Number(PORT), '127.0.0.1');
