//! Tests of `testing::user`.

use super::*;

fn shown(scopes: &[&str]) -> Vec<String> {
    let user = LocalUser::new("alice", "hush")
        .email("alice@example.com")
        .email_verified(false)
        .attribute("phone_number", "+15555550100")
        .attribute("custom:tenant", "acme");
    let scopes: Vec<String> = scopes.iter().map(|&scope| scope.to_owned()).collect();
    user.attributes_for(&scopes).map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn scopes_choose_the_attributes() {
    let all = ["custom:tenant", "email", "email_verified", "phone_number"];
    assert_eq!(shown(&["openid"]), all);
    assert_eq!(shown(&["openid", "aws.cognito.signin.user.admin"]), all);
    assert_eq!(shown(&["openid", "email"]), ["email", "email_verified"]);
    assert_eq!(shown(&["openid", "profile"]), ["custom:tenant"]);
    assert_eq!(shown(&["openid", "phone", "profile"]), ["custom:tenant", "phone_number"]);
}

#[test]
fn debug_shows_no_password() {
    let shown = format!("{:?}", LocalUser::new("alice", "hush"));
    assert_eq!(shown, r#"LocalUser { username: "alice", .. }"#);
}
