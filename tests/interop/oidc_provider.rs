//! oidc-provider, a server that the OpenID Foundation certified. It is no Cognito and knows none:
//! what holds against it holds by the RFCs. `oidc_provider.mjs` has its settings.

mod site;

use cognito_auth::{
    AccessToken, AuthError, Callback, CognitoClient, CognitoClientBuilder, IdTokenChecks,
    IdentityProvider, JwtVerifier, JwtVerifierBuilder, RefreshToken, SignInRequest, Tokens,
    UserInfoSource, UserPool,
};
use std::time::Duration;

use crate::pages::{Fields, Person, REDIRECT_URI, browser, stolen, with_parameter};
use crate::peer::Peer;
use crate::stories::{Stories, bad, cannot_tell, ours, refused, words};

const ALICE: Fields<'static> = &[("login", "alice"), ("password", "any")];
const SECRET: &str = "s3cr+t/with=odd:chars%&and~more";
const RESOURCE: &str = "urn:pool";

fn pool(peer: &Peer) -> UserPool {
    let issuer = format!("{}/pool1", peer.url());
    let pool = UserPool::new("local_pool1").unwrap().with_issuers([&issuer]).unwrap();
    let pool = pool.with_domain(&issuer).unwrap().with_idp_endpoint(&issuer).unwrap();
    pool.with_jwks_uri(&format!("{issuer}/.well-known/jwks.json")).unwrap()
}

fn builder(pool: &UserPool, client_id: &str) -> CognitoClientBuilder {
    CognitoClient::builder(pool, client_id)
}

fn verifier(pool: &UserPool, client_id: &str) -> JwtVerifierBuilder {
    JwtVerifier::builder(pool).client_id(client_id).resource(RESOURCE)
}

/// Cognito's own scope means nothing here.
fn request() -> SignInRequest {
    SignInRequest::new(REDIRECT_URI).scopes(["openid", "email"])
}

fn alice(provider: &dyn IdentityProvider) -> Person<'_> {
    Person { provider, fields: ALICE }
}

async fn sign_in(client: &CognitoClient) -> Result<Tokens, AuthError> {
    client.auth_with_code(alice(client).code(request()).await).await
}

#[tokio::test]
async fn oidc_provider() {
    let variables = [("PEERS", "{peers}"), ("PORT", "{port}"), ("REDIRECT_URI", REDIRECT_URI)];
    let program = ["node", "{here}/oidc_provider.mjs"];
    let Some(peer) = Peer::start("oidc-provider", &program, &variables) else { return };
    let pool = pool(&peer);
    let mut stories = Stories::with("oidc-provider");
    tell_of_callbacks(&pool, &mut stories).await;
    tell_of_codes(&pool, &mut stories).await;
    tell_of_tokens(&pool, &mut stories).await;
    stories.end();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_web_site_with_oidc_provider() {
    site::tell().await;
}

async fn tell_of_callbacks(pool: &UserPool, stories: &mut Stories) {
    let public = builder(pool, "public").build().unwrap();
    let alice = alice(&public);

    stories.begin("a whole sign-in: login, consent, and a callback that names its issuer");
    let (pending, callback) = alice.come_back(request()).await;
    let issuer = callback.query_pairs().find(|(name, _)| name == "iss").unwrap().1;
    assert_eq!(issuer, pool.issuers()[0]);
    let code = pending.accept(&Callback::from_url(&callback).unwrap()).unwrap();
    let tokens = public.auth_with_code(code).await.unwrap();
    let verifier = verifier(pool, "public").build().unwrap();
    let claims = verifier.verify_access(tokens.access_token.expose()).await.unwrap();
    assert_eq!((claims.username(), claims.audience()), (Some("alice"), Some(RESOURCE)));
    let id_claims =
        verifier.verify_id(tokens.id_token.unwrap().expose(), IdTokenChecks::new()).await.unwrap();
    assert_eq!(id_claims.email(), Some("alice@example.com"));

    stories.begin("a token that is bound to a resource, at a service that is none");
    let careless = JwtVerifier::new(pool, "public").unwrap();
    let outcome = careless.verify_access(tokens.access_token.expose()).await;
    assert_eq!(bad(outcome), "audience_not_allowed");

    stories.begin("a callback that names another issuer (RFC 9207)");
    let (pending, callback) = alice.come_back(request()).await;
    let callback = with_parameter(&callback, "iss", Some("https://issuer.example"));
    assert_eq!(refused(pending.accept(&callback)), "issuer_mismatch");

    stories.begin("a callback that names none, of a provider that is known to");
    let (pending, callback) = alice.come_back(request().require_issuer()).await;
    let nameless = with_parameter(&callback, "iss", None);
    assert_eq!(refused(pending.clone().accept(&nameless)), "issuer_mismatch");
    public
        .auth_with_code(pending.accept(&Callback::from_url(&callback).unwrap()).unwrap())
        .await
        .unwrap();

    stories.begin("a callback that names none is taken: Cognito's never do");
    let (pending, callback) = alice.come_back(request()).await;
    let code = pending.accept(&with_parameter(&callback, "iss", None)).unwrap();
    public.auth_with_code(code).await.unwrap();

    stories.begin("consent is denied");
    let sign_in = public.sign_in(request()).unwrap();
    let mut browser = browser();
    let page = browser.get(sign_in.url.as_str()).await;
    let cancel = page.body.split("href=\"").find(|link| link.contains("/abort\"")).unwrap();
    let cancel = page.url.join(cancel.split('"').next().unwrap()).unwrap();
    let callback = browser.get(cancel.as_str()).await.url;
    let outcome = sign_in.pending.clone().accept(&Callback::from_url(&callback).unwrap());
    assert_eq!(words(outcome.clone()), "End-User aborted interaction");
    assert_eq!(refused(outcome), "access_denied");

    stories.begin("a denial of another sign-in");
    let outcome = sign_in.pending.clone().accept(&with_parameter(&callback, "state", Some("x")));
    assert_eq!(refused(outcome), "state_mismatch");
    let elsewhere = with_parameter(&callback, "iss", Some("https://issuer.example"));
    assert_eq!(refused(sign_in.pending.accept(&elsewhere)), "issuer_mismatch");

    stories.begin("no user is signed in, and the provider must not ask");
    let (pending, callback) = alice.come_back(request().prompt("none")).await;
    let outcome = pending.accept(&Callback::from_url(&callback).unwrap());
    assert_eq!(words(outcome.clone()), "End-User authentication is required");
    assert_eq!(refused(outcome), "login_required");

    stories.begin("a sign-in without PKCE, which the crate never starts");
    let sign_in = public.sign_in(request()).unwrap();
    let mut url = sign_in.url.clone();
    let kept = sign_in.url.query_pairs().filter(|(name, _)| !name.starts_with("code_challenge"));
    url.query_pairs_mut().clear().extend_pairs(kept);
    let callback = crate::pages::walk(&mut crate::pages::browser(), &url, ALICE).await;
    let outcome = sign_in.pending.accept(&Callback::from_url(&callback).unwrap());
    assert_eq!(refused(outcome), "invalid_request");

    stories.begin("a sign-in that has to be recent");
    let code = alice.code(request().max_age(Duration::from_secs(60))).await;
    public.auth_with_code(code).await.unwrap();

    stories.begin("a hint of who it will be");
    let url = public.sign_in(request().login_hint("bob")).unwrap().url;
    let page = crate::pages::browser().get(url.as_str()).await;
    assert!(page.body.contains("value=\"bob\""), "{}", page.body);

    stories.begin("a redirect URI that is not registered: no callback at all");
    let url = public.sign_in(SignInRequest::new("http://127.0.0.1:9/unknown")).unwrap().url;
    let page = crate::pages::browser().get(url.as_str()).await;
    assert_eq!((page.status, page.visited.len()), (400, 1));
}

async fn tell_of_codes(pool: &UserPool, stories: &mut Stories) {
    let public = builder(pool, "public").build().unwrap();
    let alice = alice(&public);

    stories.begin("a code with another verifier, which does not spend it");
    let code = alice.code(request()).await;
    let thief = code.clone().with_code_verifier("v".repeat(43));
    assert_eq!(words(public.auth_with_code(thief).await), "grant request is invalid");
    public.auth_with_code(code).await.unwrap();

    stories.begin("a code without its verifier");
    let code = stolen(&alice.come_back(request()).await.1);
    assert_eq!(refused(public.auth_with_code(code).await), "invalid_grant");

    stories.begin("a code that is used again takes the first tokens along");
    let code = alice.code(request()).await;
    let tokens = public.auth_with_code(code.clone()).await.unwrap();
    let refresh_token = tokens.refresh_token.unwrap();
    public.refresh(&refresh_token).await.unwrap();
    assert_eq!(refused(public.auth_with_code(code).await), "invalid_grant");
    assert_eq!(refused(public.refresh(&refresh_token).await), "invalid_grant");

    stories.begin("a code at another client");
    let another = builder(pool, "another").build().unwrap();
    let code = alice.code(request()).await;
    assert_eq!(refused(another.auth_with_code(code).await), "input", "it is not sent");
    let code = stolen(&alice.come_back(request()).await.1);
    assert_eq!(refused(another.auth_with_code(code).await), "invalid_grant");

    stories.begin("a secret with characters that have to be encoded in the header");
    let confidential = builder(pool, "confidential").client_secret(SECRET).build().unwrap();
    let tokens = sign_in(&confidential).await.unwrap();
    let verifier = verifier(pool, "confidential").build().unwrap();
    verifier.verify_access(tokens.access_token.expose()).await.unwrap();

    stories.begin("a wrong secret, refused with 401");
    let impostor = builder(pool, "confidential").client_secret("wrong").build().unwrap();
    assert_eq!(ours(sign_in(&impostor).await), "invalid_client");
    let refresh_token = tokens.refresh_token.unwrap();
    assert_eq!(ours(impostor.refresh(&refresh_token).await), "invalid_client");
    assert_eq!(ours(impostor.revoke(&refresh_token).await), "invalid_client");
    confidential.refresh(&refresh_token).await.unwrap();

    stories.begin("no secret where there should be one");
    let careless = builder(pool, "confidential").build().unwrap();
    assert_eq!(ours(sign_in(&careless).await), "invalid_client");
}

async fn tell_of_tokens(pool: &UserPool, stories: &mut Stories) {
    let public = builder(pool, "public").build().unwrap();

    stories.begin("a refresh without rotation: the old token comes back");
    let refresh_token = sign_in(&public).await.unwrap().refresh_token.unwrap();
    let refreshed = public.refresh(&refresh_token).await.unwrap();
    assert_eq!(refreshed.refresh_token.unwrap().expose(), refresh_token.expose());
    let verifier = verifier(pool, "public").build().unwrap();
    verifier.verify_access(refreshed.access_token.expose()).await.unwrap();

    stories.begin("rotation: a token that is used again takes all that came of it along");
    let rotating = builder(pool, "rotating").build().unwrap();
    let first = sign_in(&rotating).await.unwrap().refresh_token.unwrap();
    let second = rotating.refresh(&first).await.unwrap().refresh_token.unwrap();
    assert_ne!(first.expose(), second.expose());
    let third = rotating.refresh(&second).await.unwrap().refresh_token.unwrap();
    assert_eq!(refused(rotating.refresh(&first).await), "invalid_grant");
    assert_eq!(refused(rotating.refresh(&third).await), "invalid_grant");

    stories.begin("revocation (RFC 7009): done, done before, and never heard of");
    public.revoke(&refresh_token).await.unwrap();
    assert_eq!(refused(public.refresh(&refresh_token).await), "invalid_grant");
    public.revoke(&refresh_token).await.unwrap();
    public.revoke(&RefreshToken::new("never-heard-of")).await.unwrap();

    stories.begin("revocation of another client's token");
    let theirs = sign_in(&public).await.unwrap().refresh_token.unwrap();
    let another = builder(pool, "another").build().unwrap();
    another.revoke(&theirs).await.expect("a public client is told nothing of tokens");
    let confidential = builder(pool, "confidential").client_secret(SECRET).build().unwrap();
    let outcome = confidential.revoke(&theirs).await;
    assert_eq!(words(outcome.clone()), "client is not authorized to revoke the presented token");
    assert_eq!(ours(outcome), "invalid_request");
    public.refresh(&theirs).await.unwrap();

    stories.begin("a refresh at another client");
    assert_eq!(refused(another.refresh(&theirs).await), "invalid_grant");

    stories.begin("userInfo for a token that is no JWT");
    let opaque =
        builder(pool, "opaque").user_info_source(UserInfoSource::UserInfo).build().unwrap();
    let tokens = sign_in(&opaque).await.unwrap();
    let user = opaque.user_info_with_token(&tokens.access_token).await.unwrap();
    assert_eq!((user.username.as_str(), user.email_verified), ("alice", Some(true)));
    assert_eq!(bad(verifier.verify_access(tokens.access_token.expose()).await), "not_three_parts");

    stories.begin("userInfo for a token that was revoked, and one that is none");
    opaque.revoke(tokens.refresh_token.as_ref().unwrap()).await.unwrap();
    let outcome = opaque.user_info_with_token(&tokens.access_token).await;
    assert_eq!(words(outcome.clone()), "invalid token provided");
    assert_eq!(refused(outcome), "invalid_token");
    let outcome = opaque.user_info_with_token(&AccessToken::new("none")).await;
    assert_eq!(refused(outcome), "invalid_token");

    stories.begin("userInfo for a token that is meant for another resource");
    let code = alice(&public).code(request()).await;
    let token = public.auth_with_code(code).await.unwrap().access_token;
    assert_eq!(refused(public.user_info_with_token(&token).await), "invalid_token");

    stories.begin("a machine, and one with a wrong secret");
    let machine = builder(pool, "machine").client_secret("a-secret-of-a-machine");
    let token = machine.build().unwrap().client_credentials(&[]).await.unwrap().access_token;
    let machines = self::verifier(pool, "machine").accept_client_credentials().build().unwrap();
    machines.verify_access(token.expose()).await.unwrap();
    let impostor = builder(pool, "machine").client_secret("wrong").build().unwrap();
    assert_eq!(ours(impostor.client_credentials(&[]).await), "invalid_client");

    stories.begin("Cognito's JSON API, which is not there: cannot tell");
    let outcome = public.logout_with_token(&token).await;
    assert_eq!(
        cannot_tell(outcome),
        "the identity provider's answer cannot be read (status 404): the status has no meaning here"
    );
}
