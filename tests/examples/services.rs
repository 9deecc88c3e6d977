//! `machine_to_machine`.

use cognito_auth::testing::LocalUserPool;

use super::example::Example;
use super::{command, run};

#[test]
fn one_token_does_for_two_calls() {
    let Some(program) = Example::named("machine_to_machine") else { return };
    let (code, out, err) = run(&mut Example::command(&program), "");
    assert_eq!(
        out,
        "no COGNITO_… is set: a local user pool stands in\n\
         first call as local1example1machine1, scopes: orders/read\n\
         second call as local1example1machine1, scopes: orders/read\n\
         tokens fetched: 1\n"
    );
    assert_eq!((code, err.as_str()), (0, ""));
}

#[tokio::test]
async fn a_client_without_a_secret_cannot_have_one() {
    let pool = LocalUserPool::start().await.unwrap();
    let Some(mut command) = command("machine_to_machine", &pool) else { return };
    let (code, out, err) = run(&mut command, "");
    assert_eq!((code, out.as_str(), err.as_str()), (2, "", "missing: COGNITO_CLIENT_SECRET\n"));
}
