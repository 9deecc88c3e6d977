//! Tests of `alb::padding`.

use super::*;

fn read(parts: [&str; 3]) -> Result<Vec<String>, VerifyError> {
    let mut decoder = PartDecoder::default();
    let named = parts.into_iter().zip([Part::Header, Part::Payload, Part::Signature]);
    named.map(|(text, part)| Ok(String::from_utf8(decoder.decode(text, part)?).unwrap())).collect()
}

#[test]
fn all_parts_are_padded_or_none_is() {
    for (parts, expected) in [
        (["YQ==", "YWI=", "YWJj"], Ok(["a", "ab", "abc"])),
        (["YQ", "YWI", "YWJj"], Ok(["a", "ab", "abc"])),
        (["YWJj", "YWJj", "YQ=="], Ok(["abc", "abc", "a"])),
        (["", "", ""], Ok(["", "", ""])),
        (["YQ==", "YWI", "YWJj"], Err(Part::Payload)),
        (["YQ", "YWI=", "YWJj"], Err(Part::Payload)),
        (["YQ", "YWJj", "YWI="], Err(Part::Signature)),
        (["YQ==", "YWJj", "YWI"], Err(Part::Signature)),
        (["YQ=", "YWI=", "YWJj"], Err(Part::Header)),
        (["YQ===", "YWI=", "YWJj"], Err(Part::Header)),
        (["YR==", "YWI=", "YWJj"], Err(Part::Header)),
        (["YQ==", "YWI==", "YWJj"], Err(Part::Payload)),
        (["YQ==", "YWI=", "YWJj="], Err(Part::Signature)),
        (["YQ==", "YWI=", "YWJj===="], Err(Part::Signature)),
        (["====", "", ""], Err(Part::Header)),
        (["A===", "", ""], Err(Part::Header)),
        (["A", "", ""], Err(Part::Header)),
    ] {
        let expected = expected
            .map(|texts| texts.map(str::to_owned).to_vec())
            .map_err(|part| VerifyError::NotBase64Url { part });
        assert_eq!(read(parts), expected, "{parts:?}");
    }
}
