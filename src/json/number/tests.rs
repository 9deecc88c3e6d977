//! Tests of `json::number`.

use super::*;

#[test]
fn numbers_are_those_of_json() {
    for good in [
        "0",
        "1",
        "10",
        "-0",
        "-1",
        "1767225600",
        "999999999999999999",
        "18446744073709551616",
        "1.5",
        "0.0",
        "-0.5e-7",
        "1e3",
        "1E+3",
        "0e999999999999",
        "1e-400",
        "1e308",
        "1.7976931348623157e308",
        "0e400",
        "0.0e400",
        "1e-999999999999999999999",
        "-9007199254740993.00000000000000000000000000001",
    ] {
        assert_eq!(length(good.as_bytes()), Some(good.len()), "{good}");
        for end in [",1", "}", " 1", "]"] {
            let text = format!("{good}{end}");
            assert_eq!(length(text.as_bytes()), Some(good.len()), "{text}");
        }
        serde_json::from_str::<f64>(good).unwrap();
    }
    let long = "9".repeat(400);
    for bad in [
        "",
        "-",
        "+1",
        "01",
        "-01",
        "00",
        "1.",
        ".5",
        "1.e3",
        "1e",
        "1e+",
        "1e3.5",
        "--1",
        "1.7976931348623159e308",
        "0.1797693134862315808e309",
        "1e309",
        "10e308",
        "179769313486231580794e288",
        "1e999999999999999999999",
        "1e400",
        "-1e400",
        "e3",
        "-.5",
        "1.5.5",
        &long,
    ] {
        assert_eq!(length(bad.as_bytes()), None, "{bad}");
        assert!(serde_json::from_str::<f64>(bad).is_err(), "{bad}");
    }
}

/// At the border and around it, as the standard library reads them.
#[test]
fn what_is_finite_is_decided_as_the_standard_library_does() {
    let last = FIRST_INFINITE.len() - 1;
    for (place, digit) in
        [(0, '1'), (1, '6'), (1, '8'), (20, '0'), (20, '9'), (last, '1'), (last, '2'), (last, '3')]
    {
        let mut text = FIRST_INFINITE.to_owned();
        text.replace_range(place..=place, &digit.to_string());
        for number in [
            text.clone(),
            format!("{text}.0"),
            format!("{text}.000001"),
            format!("{text}0e-1"),
            format!("0.{text}e309"),
            format!("0.000{text}E+312"),
            format!("{}.{}e308", &text[..1], &text[1..]),
            format!("{}e{}", &text[..100], text.len() - 100),
        ] {
            let finite = number.parse().is_ok_and(f64::is_finite);
            let expected = finite.then_some(number.len());
            assert_eq!(length(number.as_bytes()), expected, "{number}");
        }
    }
}
