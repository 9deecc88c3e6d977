//! Tests of `testing::http::route`.

use super::*;
use crate::testing::http::domain::response::redirect;

#[test]
fn a_redirect_has_a_location() {
    assert_eq!(location(&redirect("/login?a=b")), Some("/login?a=b"));
    assert_eq!(location(&too_large()), None);
}

#[test]
fn operations_are_told_by_the_target_header() {
    let of = |method: Method, path: &str, target: Option<&str>| {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(target) = target {
            request = request.header("x-amz-target", target);
        }
        endpoint_of(&request.body(()).unwrap())
    };
    let operation = |target| of(Method::POST, "/", target);
    let get_user = operation(Some("AWSCognitoIdentityProviderService.GetUser"));
    assert_eq!(get_user, Some(Endpoint::GetUser));
    assert_eq!(operation(Some("DynamoDB_20120810.GetUser")), None);
    assert_eq!(operation(None), None);
    let jwks = of(Method::GET, "/local_1/.well-known/jwks.json", None);
    assert_eq!(jwks, Some(Endpoint::Jwks));
    for path in ["/.well-known/jwks.json", "//.well-known/jwks.json", "/a/b/.well-known/jwks.json"]
    {
        assert_eq!(of(Method::GET, path, None), None, "{path}");
    }
}
