//! Tests of `json::stack`.

use super::*;

#[test]
fn a_stack_holds_any_number() {
    let mut stack = MemberStack::new();
    let starts = |stack: &MemberStack| -> Vec<_> {
        stack.iter().map(|member| member.value_range().start).collect()
    };
    for length in [10, 40, 35, 10, 33, 0, 32, 33, 100] {
        stack.truncate(length);
        for start in stack.len()..length {
            stack.push(Member::new(0..0, start..start));
        }
        assert_eq!(starts(&stack), (0..length).collect::<Vec<_>>());
    }
}
