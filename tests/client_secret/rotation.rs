//! A rotation: every call that needs the secret goes on with the new one.

use std::sync::Mutex;

use cognito_auth::direct::{DirectSignIn, SignInAttempt, SignUp, Step};
use cognito_auth::testing::{Endpoint, LocalUserPool};
use cognito_auth::{
    AuthError, Callback, CognitoClient, IdentityProvider, MachineTokens, RefreshToken,
    SignInRequest, Tokens, UserPool,
};

use crate::{FIRST, PASSWORD, REDIRECT, SECOND, Vault, builder, client, pass, pool};

async fn code_exchange(pool: &LocalUserPool, client: &CognitoClient) -> Result<Tokens, AuthError> {
    let sign_in = client.sign_in(SignInRequest::new(REDIRECT)).unwrap();
    let callback = pool.authorize(&sign_in.url, "alice", PASSWORD).unwrap();
    let code = sign_in.pending.accept(&Callback::from_url(&callback).unwrap()).unwrap();
    client.auth_with_code(code).await
}

/// The pool's JSON API alone.
fn without_domain(pool: &LocalUserPool) -> UserPool {
    let origin = format!("http://{}", pool.address().unwrap());
    let user_pool = UserPool::new(pool.user_pool().id().as_str()).unwrap();
    let user_pool = user_pool.with_issuers(pool.user_pool().issuers().to_vec()).unwrap();
    user_pool.with_idp_endpoint(&origin).unwrap()
}

struct Scene {
    pool: LocalUserPool,
    vault: Vault,
    client: CognitoClient,
    json: CognitoClient,
    json_vault: Vault,
}

impl Scene {
    async fn new() -> Self {
        let (pool, vault, json_vault) = (pool().await, Vault::new(FIRST), Vault::new(FIRST));
        let client = client(&pool, &vault);
        let json = builder(&without_domain(&pool), &json_vault).build().unwrap();
        Self { pool, vault, client, json, json_vault }
    }

    /// The old secret is refused from now on.
    fn rotate(&self) {
        self.pool.add_client_secret(SECOND);
        self.pool.delete_old_client_secret();
        self.vault.set(Some(SECOND));
        self.json_vault.set(Some(SECOND));
    }

    fn asked(&self) -> usize {
        self.vault.asked() + self.json_vault.asked()
    }
}

macro_rules! after_a_rotation {
    ($($name:ident at $endpoint:ident: |$scene:ident, $tokens:ident| $call:expr;)*) => {$(
        #[tokio::test]
        async fn $name() {
            let $scene = Scene::new().await;
            let $tokens = code_exchange(&$scene.pool, &$scene.client).await.unwrap();
            // Both clients have the first secret.
            $scene.json.revoke(&"no-token".into()).await.unwrap();
            assert_eq!($scene.asked(), 2);
            $scene.rotate();
            let before = $scene.pool.requests(Endpoint::$endpoint);
            $call.await.unwrap();
            assert_eq!($scene.pool.requests(Endpoint::$endpoint), before + 2, "once more");
            assert_eq!($scene.asked(), 3);
        }
    )*};
}

after_a_rotation! {
    a_code_is_exchanged at Token: |scene, _tokens| code_exchange(&scene.pool, &scene.client);
    tokens_are_refreshed at Token:
        |scene, tokens| scene.client.refresh(tokens.refresh_token.as_ref().unwrap());
    tokens_are_refreshed_without_a_domain at GetTokensFromRefreshToken:
        |scene, tokens| scene.json.refresh(tokens.refresh_token.as_ref().unwrap());
    a_session_is_revoked at Revoke:
        |scene, tokens| scene.client.revoke(tokens.refresh_token.as_ref().unwrap());
    a_session_is_revoked_without_a_domain at RevokeToken:
        |scene, tokens| scene.json.revoke(tokens.refresh_token.as_ref().unwrap());
    a_machine_gets_a_token at Token: |scene, _tokens| async {
        MachineTokens::new(scene.client.clone()).token(&["orders/read"]).await
    };
    a_direct_sign_in_starts at InitiateAuth: |scene, _tokens| async {
        let attempt = SignInAttempt::with_password("alice", PASSWORD);
        let step = DirectSignIn::new(&scene.client).start(attempt).await;
        step.map(|step| assert!(matches!(step, Step::Done(_))))
    };
    tokens_are_refreshed_by_initiate_auth at InitiateAuth: |scene, tokens| async {
        let token = tokens.refresh_token.as_ref().unwrap();
        DirectSignIn::new(&scene.client).refresh_by_initiate_auth(token, "alice", None).await
    };
    a_user_signs_up at SignUp: |scene, _tokens| async {
        let sign_up = SignUp::new("bob").password(PASSWORD).attribute("email", "bob@example.com");
        DirectSignIn::new(&scene.client).sign_up(&sign_up).await
    };
    a_forgotten_password_gets_a_code at ForgotPassword: |scene, _tokens| async {
        DirectSignIn::new(&scene.client).forgot_password("alice").await
    };
}

/// Between the password and its proof: the hash of the answer is made of the new secret.
#[tokio::test]
async fn a_direct_sign_in_goes_on() {
    use cognito_auth::direct::SignInChallenge;
    use cognito_auth::testing::LocalUser;

    let scene = Scene::new().await;
    let carol = LocalUser::new("carol", PASSWORD).email("carol@example.com").email_verified(true);
    scene.pool.add_user(carol.email_mfa());
    let direct = DirectSignIn::new(&scene.client);
    let attempt = SignInAttempt::with_password("carol", PASSWORD);
    let Step::Challenge(SignInChallenge::EmailCode(challenge)) =
        direct.start(attempt).await.unwrap()
    else {
        panic!()
    };
    scene.rotate();
    let code = scene.pool.last_code("carol").unwrap();
    let step = challenge.answer(&code.as_str().into()).await.unwrap();
    assert!(matches!(step, Step::Done(_)));
    assert_eq!(scene.vault.asked(), 2);
}

/// Cognito accepts both secrets for a while.
#[tokio::test]
async fn while_both_secrets_are_accepted_nothing_is_asked() {
    let scene = Scene::new().await;
    code_exchange(&scene.pool, &scene.client).await.unwrap();
    scene.pool.add_client_secret(SECOND);
    scene.vault.set(Some(SECOND));
    code_exchange(&scene.pool, &scene.client).await.unwrap();
    assert_eq!((scene.vault.asked(), scene.pool.requests(Endpoint::Token)), (1, 2));
    scene.pool.delete_old_client_secret();
    code_exchange(&scene.pool, &scene.client).await.unwrap();
    assert_eq!((scene.vault.asked(), scene.pool.requests(Endpoint::Token)), (2, 4));
}

#[tokio::test]
async fn all_callers_share_one_question() {
    let scene = Scene::new().await;
    code_exchange(&scene.pool, &scene.client).await.unwrap();
    scene.rotate();
    let before = scene.pool.requests(Endpoint::Token);
    let callers: Vec<_> = (0..50)
        .map(|_| {
            let client = scene.client.clone();
            tokio::spawn(async move { client.client_credentials(&["orders/read"]).await })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap().unwrap();
    }
    assert_eq!(scene.vault.asked(), 2);
    assert!(scene.pool.requests(Endpoint::Token) <= before + 100);
}

/// A secret that is simply wrong: neither Cognito nor the provider gets more than the calls.
#[tokio::test]
async fn a_wrong_secret_causes_no_storm() {
    let scene = Scene::new().await;
    scene.pool.add_client_secret(SECOND);
    scene.pool.delete_old_client_secret();
    for round in 1..=3 {
        for _ in 0..20 {
            let error = scene.client.client_credentials(&["orders/read"]).await.unwrap_err();
            assert!(error.code() == "invalid_client" && error.is_misconfiguration());
        }
        assert_eq!(scene.vault.asked(), 1 + round, "one more question in ten seconds");
        assert_eq!(scene.pool.requests(Endpoint::Token), 20 * round, "no call is repeated");
        pass(11).await;
    }
    // It is set right, and found at once.
    scene.vault.set(Some(SECOND));
    scene.client.client_credentials(&["orders/read"]).await.unwrap();
}

/// A provider with another wrong secret each time.
#[tokio::test]
async fn a_call_is_repeated_once() {
    let scene = Scene::new().await;
    code_exchange(&scene.pool, &scene.client).await.unwrap();
    scene.rotate();
    scene.vault.set(Some("neither-the-first-nor-the-second"));
    let error = scene.client.client_credentials(&["orders/read"]).await.unwrap_err();
    assert_eq!(error.code(), "invalid_client");
    assert_eq!((scene.vault.asked(), scene.pool.requests(Endpoint::Token)), (2, 3));
}

/// Refused for another reason than the secret.
#[tokio::test]
async fn other_refusals_ask_nothing() {
    let scene = Scene::new().await;
    let error = scene.client.refresh(&"never-issued".into()).await.unwrap_err();
    assert_eq!(error.code(), "invalid_grant");
    let error = scene.client.client_credentials(&["orders/none"]).await.unwrap_err();
    assert_eq!(error.code(), "invalid_scope");
    assert_eq!((scene.vault.asked(), scene.pool.requests(Endpoint::Token)), (1, 2));
}

/// It is asked when the secret is there, before each request: the caller may have lost the right to send
/// the token by then.
#[tokio::test]
async fn a_refresh_is_not_sent_when_its_caller_objects() {
    let objection = AuthError::Unsupported { operation: "an objection" };
    let token = RefreshToken::from("no-token-of-the-pool");
    for allowed in 0..3 {
        let scene = Scene::new().await;
        for client in [&scene.client, &scene.json] {
            assert!(client.refresh(&token).await.is_err(), "the first secret is known now");
        }
        scene.rotate();
        for (client, vault, endpoint) in [
            (&scene.client, &scene.vault, Endpoint::Token),
            (&scene.json, &scene.json_vault, Endpoint::GetTokensFromRefreshToken),
        ] {
            let asked = Mutex::new(Vec::new());
            let before = scene.pool.requests(endpoint);
            let before_request = || {
                let mut asked = asked.lock().unwrap();
                asked.push((vault.asked(), scene.pool.requests(endpoint) - before));
                if asked.len() > allowed { Err(objection.clone()) } else { Ok(()) }
            };
            let refreshed = client.refresh_after(&before_request, &token).await;
            let error = refreshed.unwrap_err();
            assert_eq!(error == objection, allowed < 2, "{error}");
            let expected = [(1, 0), (2, 1)];
            assert_eq!(asked.lock().unwrap().as_slice(), &expected[..2.min(allowed + 1)]);
            assert_eq!(scene.pool.requests(endpoint) - before, allowed.min(2));
        }
    }
}
