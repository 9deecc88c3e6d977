// oidc-provider, certified by the OpenID Foundation, at Cognito's paths and with Cognito's claims.
// Its own login and consent pages take any name and any password.
import { generateKeyPairSync } from 'node:crypto';
import http from 'node:http';

const { PEERS, PORT, REDIRECT_URI } = process.env;
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
const provider = new Provider(issuer, {
  clients: [
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
  rotateRefreshToken: (context) => context.oidc.client.clientId === 'rotating',
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
      getResourceServerInfo: () => ({
        scope: 'openid email profile',
        audience: resource,
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

const answer = provider.callback();
http
  .createServer((request, response) => {
    if (!request.url.startsWith('/pool1/')) {
      response.statusCode = 404;
      return response.end();
    }
    request.originalUrl = request.url;
    request.url = request.url.slice('/pool1'.length);
    return answer(request, response);
  })
  .listen(Number(PORT), '127.0.0.1');
