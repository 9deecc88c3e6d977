//! Tests of `bearer::cookie`.

use http::HeaderValue;

use super::*;

fn headers(fields: &[&[u8]]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for field in fields {
        headers.append(COOKIE, HeaderValue::from_bytes(field).unwrap());
    }
    headers
}

#[test]
fn a_cookie_counts_where_it_stands_once() {
    use CookieValue::{Absent, One, Repeated};
    let rows: &[(&[&[u8]], CookieValue<'_>)] = &[
        (&[], Absent),
        (&[b""], Absent),
        (&[b"session"], Absent),
        (&[b"sessions=a; xsession=b; Session=c"], Absent),
        (&[b"session=a"], One("a")),
        (&[b"other=1; session=a; third=3"], One("a")),
        (&[b"other=1;session=a"], One("a")),
        (&[b"other=1", b"session=a"], One("a")),
        (&[b"session = a"], One("a")),
        (&[b"session="], One("")),
        (&[b"session=a=b"], One("a=b")),
        (&[b"session=\xff"], One("")),
        (&[b"x=\xff; session=a"], One("a")),
        (&[b"session=a; session=a"], Repeated),
        (&[b"session=a", b"session=b"], Repeated),
        (&[b"session=a; session=\xff"], Repeated),
    ];
    for (fields, expected) in rows {
        assert_eq!(find(&headers(fields), "session"), *expected, "{fields:?}");
    }
}
