//! The stories of clients that know OAuth 2.0 and OpenID Connect, and nothing of Cognito.

use crate::peers::Peers;
use crate::pool::{expect, pool, settings};

#[tokio::test]
async fn openid_client() {
    let Some(peers) = Peers::installed() else { return };
    let pool = pool(None);
    let said = peers.run("openid_client.mjs", &settings(&pool)).await;
    expect(
        "openid-client",
        &said,
        &[
            "discovers the pool",
            "signs in through the login page, with PKCE, state, nonce, at_hash and the signature checked",
            "signs in where the issuer is at another host than the endpoints",
            "refuses a callback with another state, and an ID token with another nonce",
            "is refused a code that was used before",
            "is refused with the verifier of another sign-in",
            "signs in silently where the browser is known, and only there",
            "is refused a scope that the client does not have",
            "refreshes",
            "fetches the user info, and refuses that of another sub",
            "is refused to revoke an access token",
            "revokes a refresh token, twice if need be",
            "is refused the user info with a revoked token, without a challenge that it can read",
            "signs the browser out, by `logout_uri` and not by `post_logout_redirect_uri`",
            "signs in, refreshes and revokes with a secret by ClientSecretBasic",
            "signs in, refreshes and revokes with a secret by ClientSecretPost",
            "is refused with a wrong secret",
            "gets a token for itself, with scopes of its own only",
        ],
    );
}

#[tokio::test]
async fn authlib() {
    let Some(peers) = Peers::installed() else { return };
    let pool = pool(None);
    let mut settings = settings(&pool);
    settings.push(("AUTHLIB_INSECURE_TRANSPORT", "1".to_owned()));
    let said = peers.run("authlib.py", &settings).await;
    expect(
        "Authlib",
        &said,
        &[
            "signs in through the login page with PKCE and state",
            "verifies the ID token: signature, nonce, at_hash, audience, issuer",
            "refuses a tampered ID token",
            "fetches the user info",
            "refreshes, and keeps the refresh token that did not come again",
            "refuses a callback with another state",
            "is refused with another verifier",
            "revokes the refresh token: no refresh, no user info any more",
            "signs in and refreshes with client_secret_basic",
            "signs in and refreshes with client_secret_post",
            "is refused with a wrong secret",
            "gets a token for itself",
        ],
    );
}
