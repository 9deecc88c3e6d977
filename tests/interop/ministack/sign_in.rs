//! From the hosted page to tokens, and everything that can be wrong on the way.

use cognito_auth::{AuthCode, Callback, IdTokenChecks, IdentityProvider, SignIn, UserInfoSource};
use serde_json::json;

use super::{Pool, alice, client, request, sign_in};
use crate::administration::{App, PASSWORD};
use crate::pages::{Person, REDIRECT_URI, browser, stolen, submit, walk, with_parameter};
use crate::stories::{Stories, bad, cannot_tell, ours, refused, words};

pub(super) async fn tell(pool: &Pool, stories: &mut Stories) {
    let public = pool.client(&pool.public);
    let verifier = pool.verifier();
    let alice = alice(&public);

    stories.begin("a whole sign-in through the hosted page");
    let tokens = sign_in(&public).await.unwrap();
    assert_eq!(tokens.expires_in.unwrap().as_secs(), 3600);
    let claims = verifier.verify_access(tokens.access_token.expose()).await.unwrap();
    assert_eq!(claims.username(), Some("alice"));
    assert!(claims.in_group("admins") && claims.has_scope("openid"));
    let id_token = tokens.id_token.as_ref().unwrap();
    let id_claims = verifier.verify_id(id_token.expose(), IdTokenChecks::new()).await.unwrap();
    assert_eq!((id_claims.sub(), id_claims.email()), (claims.sub(), Some("alice@example.com")));
    assert_eq!(id_claims.email_verified(), Some(true));

    stories.begin("who it is: GetUser");
    let user = public.user_info_with_token(&tokens.access_token).await.unwrap();
    assert_eq!(user.source, UserInfoSource::GetUser);
    assert_eq!((user.sub.as_str(), user.username.as_str()), (claims.sub(), "alice"));
    assert_eq!(
        (user.email.as_deref(), user.email_verified),
        (Some("alice@example.com"), Some(true))
    );

    stories.begin("who it is: userInfo, for a token without Cognito's own scope");
    let code = alice.code(request().scopes(["openid", "email"])).await;
    let reader = public.auth_with_code(code).await.unwrap();
    let user = public.user_info_with_token(&reader.access_token).await.unwrap();
    assert_eq!(user.source, UserInfoSource::UserInfo);
    assert_eq!((user.username.as_str(), user.email_verified), ("alice", Some(true)));

    stories.begin("a confidential client");
    let confidential = pool.client(&pool.confidential);
    let theirs = sign_in(&confidential).await.unwrap();
    assert_eq!(
        bad(verifier.verify_access(theirs.access_token.expose()).await),
        "client_not_allowed"
    );

    stories.begin("a wrong secret, and none");
    for secret in [Some("wrong".to_owned()), None] {
        let impostor = client(&pool.settings, &App { secret, ..pool.confidential.clone() });
        assert_eq!(ours(sign_in(&impostor).await), "invalid_client");
    }

    stories.begin("a code is good once");
    let code = alice.code(request()).await;
    public.auth_with_code(code.clone()).await.unwrap();
    assert_eq!(refused(public.auth_with_code(code).await), "invalid_grant");

    stories.begin("a code that was made up");
    let code = AuthCode::new("made-up", REDIRECT_URI);
    assert_eq!(refused(public.auth_with_code(code.clone()).await), "invalid_grant");
    assert_eq!(words(public.auth_with_code(code).await), "Invalid or expired authorization code.");

    stories.begin("a stolen code: without its verifier, and with another");
    let code = stolen(&alice.come_back(request()).await.1);
    assert_eq!(words(public.auth_with_code(code.clone()).await), "code_verifier is required.");
    let code = code.with_code_verifier("v".repeat(43));
    assert_eq!(words(public.auth_with_code(code.clone()).await), "PKCE verification failed.");
    assert_eq!(refused(public.auth_with_code(code).await), "invalid_grant");

    stories.begin("a code at another client");
    let code = alice.code(request()).await;
    assert_eq!(refused(confidential.auth_with_code(code).await), "input", "it is not sent");
    let code = stolen(&alice.come_back(request()).await.1).with_code_verifier("v".repeat(43));
    assert_eq!(refused(confidential.auth_with_code(code).await), "invalid_grant");

    stories.begin("a code with another redirect URI");
    let (_, callback) = alice.come_back(request()).await;
    let code = callback.query_pairs().find(|(name, _)| name == "code").unwrap().1;
    let code = AuthCode::new(code, "http://127.0.0.1:9/another");
    assert_eq!(words(public.auth_with_code(code).await), "redirect_uri mismatch.");

    stories.begin("the ID token of another sign-in");
    let code = alice.code(request()).await.with_nonce("another");
    assert_eq!(refused(public.auth_with_code(code).await), "id_token_mismatch");

    stories.begin("a callback of another browser, with another state and with none");
    for state in [Some("another"), None] {
        let (pending, callback) = alice.come_back(request()).await;
        let callback = with_parameter(&callback, "state", state);
        assert_eq!(refused(pending.accept(&callback)), "state_mismatch");
    }

    stories.begin("a callback of another issuer");
    let (pending, callback) = alice.come_back(request()).await;
    let callback = with_parameter(&callback, "iss", Some("https://issuer.example"));
    assert_eq!(refused(pending.accept(&callback)), "issuer_mismatch");

    stories.begin("a scope that the client may not have");
    let (pending, callback) = alice.come_back(request().scopes(["openid", "phone"])).await;
    let outcome = pending.accept(&Callback::from_url(&callback).unwrap());
    assert_eq!(words(outcome.clone()), "invalid_scope");
    assert_eq!(refused(outcome), "invalid_request");

    stories.begin("a wrong password, and then the right one");
    let SignIn { url, pending, .. } = public.sign_in(request()).unwrap();
    let mut browser = browser();
    let page = browser.get(url.as_str()).await;
    let page = submit(&mut browser, &page, &[("username", "alice"), ("password", "wrong")]).await;
    assert!(page.body.contains("Incorrect username or password."), "{}", page.body);
    let page = submit(&mut browser, &page, &[("username", "alice"), ("password", PASSWORD)]).await;
    let code = pending.accept(&Callback::from_url(&page.url).unwrap()).unwrap();
    public.auth_with_code(code).await.unwrap();

    stories.begin("a temporary password, which the page has changed");
    let bob = json!({
        "UserPoolId": pool.id, "Username": "bob", "MessageAction": "SUPPRESS",
        "TemporaryPassword": "Temp0rary!1",
    });
    pool.administration.call("AdminCreateUser", bob).await;
    let first = [
        ("username", "bob"),
        ("password", "Temp0rary!1"),
        ("new_password", PASSWORD),
        ("confirm_password", PASSWORD),
    ];
    let bob = Person { provider: &public, fields: &first };
    let tokens = public.auth_with_code(bob.code(request()).await).await.unwrap();
    let claims = verifier.verify_access(tokens.access_token.expose()).await.unwrap();
    assert_eq!(claims.username(), Some("bob"));

    stories.begin("a redirect URI and a client that the pool does not know: no callback at all");
    let stranger = App { id: "unknown".to_owned(), secret: None };
    for (client, uri) in [
        (&public, "http://127.0.0.1:9/unknown"),
        (&client(&pool.settings, &stranger), REDIRECT_URI),
    ] {
        let sign_in = client.sign_in(cognito_auth::SignInRequest::new(uri)).unwrap();
        let page = crate::pages::browser().get(sign_in.url.as_str()).await;
        assert_eq!((page.status, page.visited.len()), (400, 1));
    }

    stories.begin("a sign-in that is done at the page is done for this browser only");
    let SignIn { url, pending, .. } = public.sign_in(request()).unwrap();
    let mine = public.sign_in(request()).unwrap();
    let theirs = walk(&mut crate::pages::browser(), &url, alice.fields).await;
    let theirs = Callback::from_url(&theirs).unwrap();
    assert_eq!(refused(mine.pending.accept(&theirs)), "state_mismatch");
    pending.accept(&theirs).unwrap();

    stories.begin("an address where no Cognito is: cannot tell");
    let domain = format!("{}nowhere", pool.settings.idp_endpoint());
    let lost = pool.settings.clone().with_domain(&domain).unwrap();
    let code = AuthCode::new("any", REDIRECT_URI);
    let outcome = client(&lost, &pool.public).auth_with_code(code).await;
    assert_eq!(
        cannot_tell(outcome),
        "the identity provider's answer cannot be read (status 400): its error is no error code of OAuth"
    );
}
