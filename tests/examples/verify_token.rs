//! `verify_token`.

use cognito_auth::testing::{LocalUser, LocalUserPool, TokenSpec};

use super::{command, run};

#[tokio::test(flavor = "multi_thread")]
async fn good_refused_and_cannot_tell() {
    let pool = LocalUserPool::start().await.unwrap();
    pool.add_user(LocalUser::new("alice", "Passw0rd!23").group("admins"));
    let Some(mut verify) = command("verify_token", &pool) else { return };

    let spec = TokenSpec::access("alice").scopes(["openid", "orders/read"]);
    let (code, out, err) = run(&mut verify, &format!("{}\n", pool.token(&spec)));
    let (said, expiry) = out.split_once("expires at: ").unwrap();
    assert_eq!(
        said,
        format!(
            "good: {}\nusername: alice\nscopes: openid orders/read\ngroups: admins\n",
            pool.sub("alice").unwrap()
        )
    );
    let expiry: u64 = expiry.strip_suffix(" (seconds since 1970)\n").unwrap().parse().unwrap();
    let now = pool.clock()().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    assert!((now + 3_000..=now + 3_600).contains(&expiry), "{expiry}");
    assert_eq!((code, err.as_str()), (0, ""));

    let (code, out, _) = run(&mut verify, pool.id_token("alice").expose());
    assert_eq!(
        (code, out.as_str()),
        (1, "refused: the token is for another use (token_use_mismatch)\n")
    );
    let (code, out, _) = run(&mut verify, &"a".repeat(1_000_000));
    let expected = "refused: the token is longer than 16384 bytes (token_too_large)\n";
    assert_eq!((code, out.as_str()), (1, expected));

    let token = pool.access_token("alice");
    pool.stop();
    let (code, out, _) = run(&mut verify, token.expose());
    assert_eq!(code, 3);
    let expected = "cannot tell: the issuer's keys are not available: no connection\n";
    assert_eq!(out, expected);
}
