//! Tests of `revocation::live_check::question`.

use super::*;

/// Texts of the form of a token, without a signature: `scope` is the only claim.
#[test]
fn a_scope_is_a_users_by_its_whole_name() {
    const HEADER: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0";
    for (scope, payload, is_of_user) in [
        (
            "aws.cognito.signin.user.admin",
            "eyJzY29wZSI6ImF3cy5jb2duaXRvLnNpZ25pbi51c2VyLmFkbWluIn0",
            true,
        ),
        ("openid", "eyJzY29wZSI6Im9wZW5pZCJ9", true),
        ("email openid", "eyJzY29wZSI6ImVtYWlsIG9wZW5pZCJ9", true),
        ("orders/read", "eyJzY29wZSI6Im9yZGVycy9yZWFkIn0", false),
        ("api/openid openid2", "eyJzY29wZSI6ImFwaS9vcGVuaWQgb3BlbmlkMiJ9", false),
        ("none", "e30", false),
        ("not read", "", false),
    ] {
        let token = AccessToken::new(format!("{HEADER}.{payload}.AAAA"));
        assert_eq!(has_user_scope(&token), is_of_user, "{scope}");
    }
}
