//! Tests of `claims::span`.

use super::*;

#[test]
fn a_list_of_copies_takes_what_each_string_and_its_allocation_take() {
    let each = size_of::<String>() + 16;
    for (texts, bytes) in
        [(&[][..], 0), (&["ab"][..], each + 2), (&["ab", "cde", ""][..], 3 * each + 5)]
    {
        let copies = StringList::Owned(texts.iter().map(|text| (*text).to_owned()).collect());
        assert_eq!(copies.bytes(), bytes, "{texts:?}");
    }
    let in_the_payload = StringList::Span(Span::in_json(1..9).unwrap());
    assert_eq!(in_the_payload.bytes(), 0, "the payload counts it");
}
