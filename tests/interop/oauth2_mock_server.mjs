// oauth2-mock-server at Cognito's paths and with Cognito's claims, failing on order: POST /order
// takes one JSON object, which is for the next answer of the endpoint it names.
const { PEERS, PORT } = process.env;
const { OAuth2Server, Events } = await import(
  `${PEERS}/node_modules/oauth2-mock-server/dist/index.mjs`
);

const server = new OAuth2Server(undefined, undefined, {
  endpoints: {
    token: '/oauth2/token',
    jwks: '/.well-known/jwks.json',
    authorize: '/oauth2/authorize',
    userinfo: '/oauth2/userInfo',
    revoke: '/oauth2/revoke',
  },
});
const { issuer, service } = server;

// The key that signs: the server itself would take turns.
let signing = (await issuer.keys.generate('RS256', { kid: 'k1' })).kid;
const get = issuer.keys.get.bind(issuer.keys);
issuer.keys.get = (kid) => get(kid ?? signing);

let orders = {};
service.addRoute('POST', '/order', async (request, response) => {
  const order = typeof request.body === 'string' ? JSON.parse(request.body) : request.body;
  if (order.key) {
    signing = (await issuer.keys.generate(order.key.alg, { kid: order.key.kid })).kid;
  }
  if (order.sign_with) signing = order.sign_with;
  orders = order;
  response.end('{}');
});

// `null` takes a member away.
const change = (target, members) => {
  for (const [name, value] of Object.entries(members ?? {})) {
    if (value === null) delete target[name];
    else target[name] = value;
  }
};
const answer = (name) => (response) => {
  const order = orders[name];
  if (!order) return;
  response.statusCode = order.status ?? response.statusCode;
  if (order.body !== undefined) response.body = order.body;
  change(response.body, order.members);
  orders = {};
};

service.on(Events.BeforeTokenSigning, (token, request) => {
  const id = token.payload.aud !== undefined;
  const { client_id } = request.body;
  if (id) Object.assign(token.payload, { token_use: 'id', 'cognito:username': 'johndoe' });
  else Object.assign(token.payload, { token_use: 'access', username: 'johndoe', client_id });
  if (!id) token.payload.scope = 'openid';
  change(token.payload, id ? orders.id_token : orders.access_token);
});
service.on(Events.BeforeResponse, answer('token'));
service.on(Events.BeforeUserinfo, (response) => {
  response.body.username = 'johndoe';
  answer('userInfo')(response);
});
service.on(Events.BeforeRevoke, answer('revoke'));
service.on(Events.BeforeAuthorizeRedirect, (redirect) => {
  for (const [name, value] of orders.authorize ?? []) {
    if (value === null) redirect.url.searchParams.delete(name);
    else redirect.url.searchParams.append(name, value);
  }
  if (orders.authorize) orders = {};
});

await server.start(Number(PORT), '127.0.0.1');
issuer.url = `http://127.0.0.1:${PORT}`;
