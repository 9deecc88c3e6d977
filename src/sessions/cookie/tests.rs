//! Tests of `sessions::cookie`.

use http::header::COOKIE;

use super::*;

fn headers(fields: &[&[u8]]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for field in fields {
        headers.append(COOKIE, HeaderValue::from_bytes(field).unwrap());
    }
    headers
}

#[test]
fn cookies_are_found_by_what_their_names_begin_with() {
    let headers = headers(&[b"signin-a=1; x=2; signin-b=3", b"signin-a=4"]);
    let found: Vec<_> = with_prefix(&headers, "signin-").collect();
    assert_eq!(found, [("signin-a", "1"), ("signin-b", "3"), ("signin-a", "4")]);
}

#[test]
fn attributes_are_fixed() {
    let day = Some(Duration::from_secs(86_400));
    for (prefix, secure, same_site, max_age, expected) in [
        (
            CookiePrefix::Host,
            true,
            SameSite::Lax,
            day,
            "__Host-session=v; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=86400",
        ),
        (
            CookiePrefix::HostHttp,
            true,
            SameSite::Strict,
            None,
            "__Host-Http-session=v; Path=/; HttpOnly; SameSite=Strict; Secure",
        ),
        (
            CookiePrefix::Host,
            false,
            SameSite::Lax,
            None,
            "session=v; Path=/; HttpOnly; SameSite=Lax",
        ),
        (
            CookiePrefix::HostHttp,
            false,
            SameSite::Lax,
            day,
            "session=v; Path=/; HttpOnly; SameSite=Lax; Max-Age=86400",
        ),
    ] {
        let cookies = Cookies::new(prefix, secure, "session");
        let field = cookies.set(cookies.session(), "v", same_site, max_age).unwrap();
        assert_eq!(field.to_str().unwrap(), expected);
        assert!(field.is_sensitive());
    }
}

#[test]
fn a_cookie_is_deleted_by_its_name_with_the_same_attributes() {
    let cookies = Cookies::new(CookiePrefix::Host, true, "session");
    let field = cookies.clear(cookies.session(), SameSite::Lax).unwrap();
    let expected = "__Host-session=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0";
    assert_eq!(field.to_str().unwrap(), expected);
}

#[test]
fn all_names_have_the_prefix() {
    let cookies = Cookies::new(CookiePrefix::Host, true, "session");
    assert_eq!(cookies.sign_in_prefix(), "__Host-signin-");
    assert_eq!(cookies.sign_in_count(), "__Host-signed-in");
    let cookies = Cookies::new(CookiePrefix::Host, false, "sid");
    assert_eq!((cookies.session(), cookies.sign_in_prefix().as_str()), ("sid", "signin-"));
}
