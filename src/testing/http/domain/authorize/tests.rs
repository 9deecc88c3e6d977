//! Tests of `testing::http::domain::authorize`.

use super::*;

fn read(query: &str) -> Result<Vec<String>, String> {
    let clients = PoolClients::new(vec![
        LocalClient::public("app").redirect_uri("https://app/cb"),
        LocalClient::machine("machine", "s").redirect_uri("https://app/cb"),
    ]);
    AuthorizeRequest::read(query, &clients).map(|request| request.scopes)
}

#[test]
fn what_is_wrong_with_the_client_stays_here() {
    let bad = "/error?error=invalid_request";
    let mismatch = "/error?error=redirect_mismatch&client_id=app";
    for (query, target) in [
        ("response_type=code&redirect_uri=https://app/cb", bad),
        ("response_type=code&client_id=other&redirect_uri=https://app/cb", bad),
        ("response_type=code&client_id=app", bad),
        ("client_id=app&client_id=app&redirect_uri=https://app/cb", bad),
        ("client_id=app&redirect_uri=https://app/cb&identity_provider=Google", bad),
        ("client_id=app&redirect_uri=https://app/cb&idp_identifier=example.com", bad),
        ("response_type=code&client_id=app&redirect_uri=https://app/cb/", mismatch),
        ("response_type=code&client_id=app&redirect_uri=https://APP/cb", mismatch),
    ] {
        assert_eq!(read(query).unwrap_err(), target, "{query}");
    }
}

#[test]
fn what_is_wrong_with_the_request_goes_back_to_the_app() {
    for (rest, error) in [
        ("", "invalid_request"),
        ("&response_type=token", "unauthorized_client"),
        ("&response_type=id_token", "unsupported_response_type"),
        ("&response_type=code&code_challenge=x", "invalid_request"),
        ("&response_type=code&code_challenge_method=S256", "invalid_request"),
        ("&response_type=code&code_challenge=x&code_challenge_method=plain", "invalid_request"),
        ("&response_type=code&prompt=none+login", "invalid_request"),
        ("&response_type=code&prompt=create", "invalid_request"),
        ("&response_type=code&max_age=soon", "invalid_request"),
        ("&response_type=code&scope=openid+offline_access", "invalid_scope"),
        ("&response_type=code&scope=email", "invalid_scope"),
        ("&response_type=code&resource=http://api.example.com", "invalid_target"),
    ] {
        let query = format!("client_id=app&redirect_uri=https://app/cb&state=s{rest}");
        let target = format!("https://app/cb?error={error}&state=s");
        assert_eq!(read(&query).unwrap_err(), target, "{rest}");
    }
    let query = "client_id=machine&redirect_uri=https://app/cb&response_type=code";
    assert_eq!(read(query).unwrap_err(), "https://app/cb?error=unauthorized_client");
}

#[test]
fn without_scopes_all_of_the_clients_are_granted() {
    let query = "response_type=code&client_id=app&redirect_uri=https://app/cb";
    assert_eq!(read(query).unwrap().len(), 5);
    let some = format!("{query}&scope=email+openid+email");
    assert_eq!(read(&some).unwrap(), ["email", "openid"]);
}
