//! Tests of `testing::http::json_api::input`.

use super::*;

/// R11.
#[test]
fn null_is_missing() {
    let input = Input::read(br#"{"Text":null,"Object":null}"#).unwrap();
    assert_eq!(input.get("Text"), None);
    assert_eq!(input.text("Text", "text").unwrap_err(), ApiError::null_member("text"));
    assert_eq!(input.member("Text", &TOKEN).unwrap_err(), ApiError::null_member("text"));
    assert_eq!(input.optional_member("Text", &TOKEN), Ok(None));
    assert_eq!(input.value("Text"), None);
    assert_eq!(input.object("Object").get("Text"), None);
    assert_eq!(input.required("Text").unwrap_err(), ApiError::missing_parameter("Text"));
}

#[test]
fn an_empty_entry_is_missing() {
    let input = Input::read(br#"{"USERNAME":""}"#).unwrap();
    assert_eq!(input.required("USERNAME").unwrap_err(), ApiError::missing_parameter("USERNAME"));
}
