//! Secrets that are read from settings, shown and compared.

use serde_json::from_str;

use super::*;

/// T16
#[test]
fn a_secret_that_is_written_as_no_text_is_not_quoted() {
    fn error<T: for<'de> Deserialize<'de> + fmt::Debug>(written: &str) -> String {
        from_str::<T>(written).unwrap_err().to_string()
    }
    for written in [
        "1234567890",
        "-1234567890",
        "12345678901234567890123",
        "12345.67890",
        "true",
        "[\"1234567890\"]",
        "{\"1234567890\":\"1234567890\"}",
        "null",
    ] {
        for error in [
            error::<AccessToken>(written),
            error::<IdToken>(written),
            error::<RefreshToken>(written),
            error::<ClientSecret>(written),
            error::<CodeVerifier>(written),
        ] {
            assert!(error.contains("a string"), "{error}");
            assert!(!error.contains("2345") && !error.contains("true"), "{error}");
        }
    }
}

/// A number, in a binary format that is self-describing, as MessagePack and CBOR are.
struct Binary;

impl<'de> Deserializer<'de> for Binary {
    type Error = serde::de::value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_u64(1_234_567_890)
    }

    fn is_human_readable(&self) -> bool {
        false
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        option unit unit_struct newtype_struct seq tuple tuple_struct map struct enum
        identifier ignored_any
    }
}

#[test]
fn a_secret_is_not_quoted_from_a_binary_format() {
    let error = RefreshToken::deserialize(Binary).unwrap_err();
    assert_eq!(error.to_string(), "a secret must be a string: put it in quotes");
}

#[test]
fn a_secret_is_read_from_a_text() {
    let secret: ClientSecret = from_str(r#""a\u0062c""#).unwrap();
    assert_eq!(secret.expose(), "abc");
    let value = serde_json::json!({"secret": "abc", "token": null});
    #[derive(Deserialize)]
    struct TestSettings {
        secret: ClientSecret,
        token: Option<AccessToken>,
    }
    let settings = TestSettings::deserialize(&value).unwrap();
    assert_eq!((settings.secret.expose(), settings.token), ("abc", None));
}

#[test]
fn debug_shows_no_secret() {
    let shown = format!("{:?}", (AccessToken::new("hush"), ClientSecret::new("hush")));
    assert_eq!(shown, "(AccessToken([redacted]), ClientSecret([redacted]))");
}

#[test]
fn equality_is_by_the_whole_text() {
    assert_eq!(IdToken::new("a"), IdToken::new("a"));
    assert_ne!(IdToken::new("a"), IdToken::new("b"));
    assert_ne!(IdToken::new("a"), IdToken::new("aa"));
}
