//! Tests of `revocation::redis::wire::credentials`.

use super::*;

#[test]
fn they_replace_what_the_url_says_and_keep_the_database() {
    let login = RedisConnectionInfo::default().set_db(3).set_username("url").set_password("url");
    let user = RedisCredentials::user("app", "hush").replace(login.clone());
    assert_eq!((user.username(), user.password(), user.db()), (Some("app"), Some("hush"), 3));
    let default = RedisCredentials::password("hush").replace(login);
    assert_eq!((default.username(), default.password()), (Some("default"), Some("hush")));
    let shown = format!("{:?}", RedisCredentials::user("app", "hush"));
    assert_eq!(shown, "RedisCredentials([redacted])");
}
