//! One row for each error of the contract, for the calls that can meet it.

mod any_call;
mod domain;
mod json_api;
mod token_endpoint;

use cognito_auth::AuthError;

use crate::{Bench, Call};

/// Who has to act: the user, the operator of this service, or the caller later (R2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Means {
    Refused,
    Ours,
    CannotTell,
    Done,
}
use Means::{CannotTell, Done, Ours, Refused};

type Headers = &'static [(&'static str, &'static str)];
type Row = (Call, u16, Headers, &'static str, &'static str, Means);

const HTML: &str = "<!DOCTYPE html><html><body>Something went wrong</body></html>";

async fn check(bench: &Bench, row: &Row) {
    let (call, status, headers, body, code, wanted) = row;
    let name = format!("{call:?}: {status} {headers:?} {body}");
    let result = bench.outcome(*call, *status, headers, body).await;
    assert_eq!(result.as_ref().err().map_or("ok", AuthError::code), *code, "{name}");
    let told = match &result {
        Ok(_) => Done,
        Err(error) => means(error),
    };
    assert_eq!(told, *wanted, "{name}");
    let Err(error) = &result else { return };
    let expected = expected_status(*call, told, code);
    assert_eq!(bench.statuses.of(*call, error).await, expected, "{name}");
}

/// The three answers are disjoint, and there is always one.
fn means(error: &AuthError) -> Means {
    let answers = [error.is_refusal(), error.is_misconfiguration(), error.is_unavailable()];
    match answers {
        [true, false, false] => Refused,
        [false, true, false] => Ours,
        [false, false, true] => CannotTell,
        _ => panic!("{error:?} has the answers {answers:?}"),
    }
}

/// What the endpoint that makes the call answers.
fn expected_status(call: Call, means: Means, code: &str) -> Option<u16> {
    /// Nothing is left to sign out at the provider.
    const SIGNED_OUT: [&str; 2] = ["user_disabled", "user_not_found"];
    match (call, means) {
        (Call::Refresh | Call::Machine | Call::Revoke, _) => None,
        (Call::JsonRefresh | Call::JsonRevoke, _) => None,
        (_, CannotTell) => Some(503),
        (_, Ours) => Some(500),
        (Call::Code, Refused) => Some(401),
        (Call::GetUser | Call::UserInfo, Refused) => Some(403),
        (Call::SignOut, Refused) if SIGNED_OUT.contains(&code) => Some(200),
        (Call::SignOut, Refused) => Some(401),
        (_, Done) => None,
    }
}

async fn check_all(rows: &[Row]) {
    let bench = Bench::new().await;
    for row in rows {
        check(&bench, row).await;
    }
}
