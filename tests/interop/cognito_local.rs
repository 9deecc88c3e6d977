//! cognito-local, an emulator of Cognito that has nothing in common with the other one. What both
//! do is not one author's idea of it.
//!
//! Its private key is published with it: no service that matters may believe its issuer.

use std::sync::Arc;
use std::time::Duration;

use cognito_auth::revocation::LiveCheck;
use cognito_auth::{
    AccessToken, AuthCode, AuthError, Callback, CognitoClient, IdTokenChecks, IdentityProvider,
    JwtVerifier, RefreshToken, SignIn, SignInRequest, Tokens, UserInfoSource, UserPool,
};
use serde_json::json;

use crate::administration::{Administration, App, PASSWORD};
use crate::pages::{
    Fields, Person, REDIRECT_URI, browser, stolen, submit, walk, with_verifier_of_ours,
};
use crate::peer::Peer;
use crate::stories::{Stories, bad, cannot_tell, ours, refused, words};

const LOGIN: Fields<'static> = &[("username", ALICE), ("password", PASSWORD)];

/// A user name has to be an address here.
const ALICE: &str = "alice@example.com";

struct Pool {
    id: String,
    settings: UserPool,
    app: App,
    another: App,
    confidential: App,
}

impl Pool {
    async fn create(peer: &Peer) -> Self {
        let url = peer.url();
        let administration = Administration::new(&url, "local");
        let id = administration.create_pool().await;
        administration.create_user(&id, ALICE, ALICE).await;
        let app = administration.create_app(&id, json!({})).await;
        let another = administration.create_app(&id, json!({})).await;
        let secret = json!({"GenerateSecret": true});
        let confidential = administration.create_app(&id, secret).await;
        let settings = UserPool::new(&id).unwrap().with_idp_endpoint(&url).unwrap();
        let settings = settings.with_issuers([format!("{url}/{id}")]).unwrap();
        let settings = settings.with_domain(&url).unwrap();
        let jwks_uri = format!("{url}/{id}/.well-known/jwks.json");
        let settings = settings.with_jwks_uri(&jwks_uri).unwrap();
        Self { id, settings, app, another, confidential }
    }

    fn client(&self, app: &App) -> CognitoClient {
        CognitoClient::new(&self.settings, &app.id).unwrap()
    }

    fn verifier(&self) -> JwtVerifier {
        JwtVerifier::new(&self.settings, &self.app.id).unwrap()
    }
}

/// With a verifier of our own, and no nonce: what this peer can do.
async fn code(client: &CognitoClient) -> AuthCode {
    let verifier = "v".repeat(43);
    let url = client.sign_in(SignInRequest::new(REDIRECT_URI)).unwrap().url;
    let url = with_verifier_of_ours(&url, &verifier);
    stolen(&walk(&mut browser(), &url, LOGIN).await).with_code_verifier(verifier)
}

async fn sign_in(client: &CognitoClient) -> Result<Tokens, AuthError> {
    client.auth_with_code(code(client).await).await
}

#[tokio::test]
async fn cognito_local() {
    let program = ["node", "{peers}/node_modules/cognito-local/lib/bin/start.js"];
    let variables = [("HOST", "127.0.0.1"), ("PORT", "{port}")];
    let Some(peer) = Peer::start("cognito-local", &program, &variables) else { return };
    let pool = Pool::create(&peer).await;
    let mut stories = Stories::with("cognito-local");
    tell_of_sign_ins(&pool, &mut stories).await;
    tell_of_tokens(&pool, &mut stories).await;
    stories.end();
}

async fn tell_of_sign_ins(pool: &Pool, stories: &mut Stories) {
    let client = pool.client(&pool.app);
    let alice = Person { provider: &client, fields: LOGIN };
    let request = || SignInRequest::new(REDIRECT_URI);

    stories.begin("a provider that drops the nonce is not believed");
    let code_with_nonce = alice.code(request()).await;
    let error = client.auth_with_code(code_with_nonce).await.unwrap_err();
    assert_eq!(error, AuthError::IdTokenMismatch { claim: "nonce" });
    assert!(error.is_refusal());

    stories.begin("a sign-in without one");
    let tokens = sign_in(&client).await.unwrap();
    let verifier = pool.verifier();
    let claims = verifier.verify_access(tokens.access_token.expose()).await.unwrap();
    assert_eq!(claims.username(), Some(claims.sub()), "as in a pool where addresses sign in");
    let id_claims =
        verifier.verify_id(tokens.id_token.unwrap().expose(), IdTokenChecks::new()).await.unwrap();
    assert_eq!((id_claims.sub(), id_claims.email()), (claims.sub(), Some(ALICE)));

    stories.begin("a code is good once");
    let once = code(&client).await;
    client.auth_with_code(once.clone()).await.unwrap();
    let again = client.auth_with_code(once).await;
    assert_eq!(words(again.clone()), "Authorization code expired or invalid");
    assert_eq!(refused(again), "invalid_grant");

    stories.begin("a code with another verifier");
    let stolen = code(&client).await.with_code_verifier("w".repeat(43));
    assert_eq!(refused(client.auth_with_code(stolen).await), "invalid_grant");

    stories.begin("a code without its verifier");
    let (_, callback) = alice.come_back(request()).await;
    let outcome = client.auth_with_code(crate::pages::stolen(&callback)).await;
    assert_eq!(
        (words(outcome.clone()).as_str(), ours(outcome)),
        ("Missing code_verifier", "invalid_request")
    );

    stories.begin("a code at another client");
    let another = pool.client(&pool.another);
    let outcome = another.auth_with_code(code(&client).await).await;
    assert_eq!(
        (words(outcome.clone()).as_str(), refused(outcome)),
        ("client_id mismatch", "invalid_grant")
    );

    stories.begin("a confidential client: the id in the header alone is not read");
    let confidential = CognitoClient::builder(&pool.settings, &pool.confidential.id);
    let secret = pool.confidential.secret.clone().unwrap();
    let confidential = confidential.client_secret(secret).build().unwrap();
    let outcome = sign_in(&confidential).await;
    assert_eq!(
        (words(outcome.clone()).as_str(), ours(outcome)),
        ("Missing client_id", "invalid_request")
    );

    stories.begin("a wrong password, and then the right one");
    let SignIn { url, pending, .. } = client.sign_in(request()).unwrap();
    let mut browser = browser();
    let page = browser.get(url.as_str()).await;
    let page = submit(&mut browser, &page, &[("username", ALICE), ("password", "wrong")]).await;
    assert!(page.body.contains("Incorrect username or password."), "{}", page.body);
    let page = submit(&mut browser, &page, LOGIN).await;
    pending.accept(&Callback::from_url(&page.url).unwrap()).unwrap();

    stories.begin("a machine: not here");
    let outcome = confidential.client_credentials(&[]).await;
    assert_eq!(ours(outcome), "unsupported_grant_type");
}

async fn tell_of_tokens(pool: &Pool, stories: &mut Stories) {
    let client = pool.client(&pool.app);
    let verifier = pool.verifier();
    let tokens = sign_in(&client).await.unwrap();
    let refresh_token = tokens.refresh_token.as_ref().unwrap();

    stories.begin("who it is: GetUser");
    let user = client.user_info_with_token(&tokens.access_token).await.unwrap();
    assert_eq!((user.source, &user.username), (UserInfoSource::GetUser, &user.sub));
    assert_eq!((user.email.as_deref(), user.email_verified), (Some(ALICE), Some(true)));

    stories.begin("userInfo, which is not there: cannot tell");
    let by_user_info = CognitoClient::builder(&pool.settings, &pool.app.id);
    let by_user_info = by_user_info.user_info_source(UserInfoSource::UserInfo).build().unwrap();
    let nowhere =
        "the identity provider's answer cannot be read (status 404): it is a page of HTML";
    let outcome = by_user_info.user_info_with_token(&tokens.access_token).await;
    assert_eq!(cannot_tell(outcome), nowhere);

    stories.begin("a token that was tampered with: it believes it, the verifier does not");
    let (head, signature) = tokens.access_token.expose().rsplit_once('.').unwrap();
    let first = if signature.starts_with('A') { "B" } else { "A" };
    let tampered = AccessToken::new(format!("{head}.{first}{}", &signature[1..]));
    client.user_info_with_token(&tampered).await.unwrap();
    assert_eq!(bad(verifier.verify_access(tampered.expose()).await), "signature_invalid");

    stories.begin("a token that is none");
    let by_get_user = CognitoClient::builder(&pool.settings, &pool.app.id);
    let by_get_user = by_get_user.user_info_source(UserInfoSource::GetUser).build().unwrap();
    let outcome = by_get_user.user_info_with_token(&AccessToken::new("none")).await;
    assert_eq!(ours(outcome), "invalid_parameter");

    stories.begin("a token of another pool: the key is the same, the issuer is not");
    let other_id = format!("{}x", pool.id);
    let url = pool.settings.idp_endpoint();
    let other = pool.settings.clone().with_issuers([format!("{url}{other_id}")]).unwrap();
    let other = JwtVerifier::new(&other, &pool.app.id).unwrap();
    assert_eq!(bad(other.verify_access(tokens.access_token.expose()).await), "issuer_not_allowed");

    stories.begin("a refresh: new tokens, the old refresh token");
    let refreshed = client.refresh(refresh_token).await.unwrap();
    assert_eq!(refreshed.refresh_token.unwrap().expose(), refresh_token.expose());
    verifier.verify_access(refreshed.access_token.expose()).await.unwrap();
    verifier.verify_id(refreshed.id_token.unwrap().expose(), IdTokenChecks::new()).await.unwrap();

    stories.begin("a refresh with a token that is none");
    assert_eq!(refused(client.refresh(&RefreshToken::new("none")).await), "invalid_grant");

    stories.begin("operations that it does not have: cannot tell");
    let url = pool.settings.idp_endpoint().as_str();
    let bare = UserPool::new(&pool.id).unwrap().with_idp_endpoint(url).unwrap();
    let bare =
        CognitoClient::new(&bare.with_issuers(pool.settings.issuers()).unwrap(), &pool.app.id);
    let bare = bare.unwrap();
    let failed = "the identity provider failed (status 500)";
    assert_eq!(cannot_tell(client.logout_with_token(&tokens.access_token).await), failed);
    assert_eq!(cannot_tell(bare.refresh(refresh_token).await), failed);
    assert_eq!(
        cannot_tell(client.revoke(refresh_token).await),
        "the identity provider's answer cannot be read (status 404): it is a page of HTML"
    );

    stories.begin("a revocation that it takes, and forgets: a live check sees what it is told");
    bare.revoke(refresh_token).await.unwrap();
    let live = LiveCheck::builder(Arc::new(client.clone())).keep_for(Duration::ZERO);
    let live = JwtVerifier::builder(&pool.settings)
        .client_id(&pool.app.id)
        .revocations(Arc::new(live.build().unwrap()))
        .build()
        .unwrap();
    live.verify_access(tokens.access_token.expose()).await.unwrap();
    assert_eq!(refused(client.refresh(refresh_token).await), "invalid_grant");
}
