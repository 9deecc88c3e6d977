//! Tests of `claims::actor`.

use super::*;

fn chain(length: usize) -> String {
    let nested = (0..length).fold("null".to_owned(), |act, number| {
        format!(r#"{{"sub":"service-{number}","act":{act}}}"#)
    });
    format!(r#"{{"sub":"alice","act":{nested}}}"#)
}

#[test]
fn the_current_actor_comes_first() {
    let actor = |sub: &str| Actor { sub: sub.to_owned(), issuer: None };
    let of = |text: &str| actors_of(text).unwrap();
    assert_eq!(of(r#"{"sub":"alice"}"#), []);
    assert_eq!(of(r#"{"act":null}"#), []);
    assert_eq!(of(&chain(2)), [actor("service-1"), actor("service-0")]);
    let issuer = Some("https://issuer.example".to_owned());
    assert_eq!(
        of(r#"{"act":{"iss":"https://issuer.example","sub":"a\u0062","client_id":"x"}}"#),
        [Actor { sub: "ab".to_owned(), issuer }]
    );
}

#[test]
fn the_chain_is_bounded() {
    assert_eq!(actors_of(&chain(MOST_ACTORS)).unwrap().len(), MOST_ACTORS);
    let malformed = Err(VerifyError::ClaimMalformed { claim: "act" });
    for text in [
        chain(MOST_ACTORS + 1),
        chain(100),
        r#"{"act":"service"}"#.to_owned(),
        r#"{"act":[{"sub":"a"}]}"#.to_owned(),
        r#"{"act":{}}"#.to_owned(),
        r#"{"act":{"sub":""}}"#.to_owned(),
        r#"{"act":{"sub":7}}"#.to_owned(),
        r#"{"act":{"sub":"a","act":{"iss":"b"}}}"#.to_owned(),
        r#"{"act":{"sub":"a","act":false}}"#.to_owned(),
    ] {
        assert_eq!(actors_of(&text), malformed, "{text}");
    }
}
