//! Tests of `endpoints::builder`.

use super::*;

#[test]
fn base_paths() {
    for path in ["", "/auth", "/api/auth", "/~v1.0/a_b-c"] {
        check_base_path(path).unwrap();
    }
    for path in ["/", "auth", "/auth/", "//auth", "/a//b", "/a/../b", "/.", "/a b", "/%61"] {
        assert_eq!(check_base_path(path).unwrap_err().code(), "value", "{path}");
    }
    for path in ["/{auth}", "/auth?x", "/auth#x", "https://a/auth", "/é"] {
        check_base_path(path).unwrap_err();
    }
}
