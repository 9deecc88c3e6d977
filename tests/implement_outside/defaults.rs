//! Operations that an implementation leaves out.

use cognito_auth::{AuthError, IdentityProvider};

use crate::oidc_server::OidcServer;

/// A misconfiguration: a program calls what its provider does not have. No session ends by it.
#[tokio::test]
async fn an_operation_that_is_left_out_is_not_supported() {
    let provider = OidcServer::start().await.provider();
    let outcomes = [
        ("refresh", provider.refresh(&"r".into()).await),
        ("client_credentials", provider.client_credentials(&["a/b"]).await),
    ];
    for (operation, outcome) in outcomes {
        let error = outcome.unwrap_err();
        assert_eq!(error, AuthError::Unsupported { operation });
        assert!(error.is_misconfiguration() && !error.is_refusal() && !error.is_unavailable());
        assert_eq!(error.code(), "unsupported");
        let text = format!("the identity provider in use does not support {operation}");
        assert_eq!(error.to_string(), text);
    }
}
