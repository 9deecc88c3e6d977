//! Tests of `sessions::routes`.

use super::*;

fn routes() -> Routes {
    Routes { callback: "/callback".to_owned(), ..Routes::default() }
}

#[test]
fn methods_and_paths() {
    use NoRoute::{Method as Only, NotFound};
    for (method, path, expected) in [
        ("GET", "/login", Ok(Route::Login)),
        ("HEAD", "/login", Ok(Route::LoginHead)),
        ("POST", "/login", Err(Only("GET, HEAD"))),
        ("GET", "/callback", Ok(Route::Callback)),
        ("HEAD", "/callback", Err(Only("GET"))),
        ("GET", "/session", Ok(Route::Session)),
        ("POST", "/logout", Ok(Route::Logout)),
        ("GET", "/logout", Err(Only("POST"))),
        ("GET", "/logged-out", Ok(Route::LoggedOut)),
        ("GET", "/login/", Err(NotFound)),
        ("GET", "/", Err(NotFound)),
    ] {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        assert_eq!(routes().find(&method, path), expected, "{method} {path}");
    }
}

#[test]
fn paths_that_cannot_be_told_apart_are_refused() {
    routes().check().unwrap();
    for path in ["/", "", "login", "/login/", "//x", "/a/../b", "/a b", "/%61", "/{x}"] {
        let bad = Routes { callback: path.to_owned(), ..Routes::default() };
        assert_eq!(bad.check().unwrap_err().code(), "value", "{path}");
    }
    let same = Routes { callback: "/login".to_owned(), ..Routes::default() };
    let error = same.check().unwrap_err();
    assert!(error.to_string().contains("redirect_uri"), "{error}");
}
