//! What takes a minute: run by `DEEP=1`, and otherwise left out, loudly.

/// Whether the long tests are asked for.
pub fn is_asked_for(test: &str) -> bool {
    let asked = std::env::var_os("DEEP").is_some_and(|deep| deep == "1");
    if !asked {
        // Past the capture of the test harness.
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), "LEFT OUT: {test} takes a minute: DEEP=1 runs it");
    }
    asked
}
