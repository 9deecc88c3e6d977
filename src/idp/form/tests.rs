//! Tests of `idp::form`.

use super::*;

const ID: &str = "1example23456789abcdefghij";

#[test]
fn a_confidential_client_authenticates_in_the_header_only() {
    let secret = ClientSecret::new("exampleSecret0123456789abcdefghijklmnopqrstuvwxyz12");
    let form = Form::new(&[("token", "a b")], Client { id: ID, secret: Some(&secret) });
    assert_eq!(form.body.as_str(), "token=a+b");
    let line = form.authorization.unwrap();
    assert_eq!(
        line,
        "Basic MWV4YW1wbGUyMzQ1Njc4OWFiY2RlZmdoaWo6ZXhhbXBsZVNlY3JldDAxMjM0NTY3ODlhYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejEy"
    );
    assert_eq!(format!("{line:?}"), "Sensitive");
}

#[test]
fn a_public_client_names_itself_in_the_body() {
    let form = Form::new(&[("token", "x")], Client { id: ID, secret: None });
    assert!(form.authorization.is_none());
    assert_eq!(form.body.as_str(), format!("token=x&client_id={ID}"));
}

/// A string that grows leaves a copy behind that is not wiped. One that has grown has another capacity than it
/// was made with: it has doubled.
#[test]
fn what_has_secrets_is_written_without_growing() {
    let secret = ClientSecret::new("é=&/+%".repeat(100));
    for text in ["", "plain", "a b+c/d==", "é&%\0\u{1f600}", &"\0=%/é".repeat(300)] {
        let fields = [("code", text), ("code_verifier", text), (text, "b c")];
        for secret in [None, Some(&secret)] {
            let client = Client { id: ID, secret };
            let body = Form::new(&fields, client).body;
            let room = Form::room(&fields, client);
            assert_eq!(body.capacity(), room, "{text:?}");
            assert!(body.len() <= room && room <= body.len() + ID.len() + 12, "{text:?}");
        }
        let odd = ClientSecret::new(text);
        let line = basic_line(ID, &odd);
        assert_eq!(line.capacity(), line.len(), "{text:?}");
    }
}

#[test]
fn odd_secrets_are_form_urlencoded_before_base64() {
    let line = basic("conf", &ClientSecret::new("s3cr+t/with=odd:chars%& é"));
    let encoded = STANDARD.encode("conf:s3cr%2Bt%2Fwith%3Dodd%3Achars%25%26+%C3%A9");
    assert_eq!(line, format!("Basic {encoded}"));
}

#[test]
fn long_secrets_stay_on_one_line() {
    let line = basic(ID, &ClientSecret::new("x".repeat(500)));
    assert!(line.as_bytes().iter().all(|b| b.is_ascii_graphic() || *b == b' '));
}

#[test]
fn what_cannot_be_a_token_is_not_sent() {
    check_token("the token", "a.b-c_d~e+f/g==").unwrap();
    check_token("the token", &"a".repeat(64 * 1024)).unwrap();
    for bad in ["", "a b", "a\r\nb", "é", &"a".repeat(64 * 1024 + 1)] {
        assert_eq!(check_token("the token", bad).unwrap_err().code(), "input");
    }
}
