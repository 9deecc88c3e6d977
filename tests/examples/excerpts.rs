//! The excerpts in the guide stand in the examples that they name, line by line.

use std::fs;
use std::path::Path;

const PAGE: &str = include_str!("../../src/guide/other_frameworks.md");

#[test]
fn what_the_guide_shows_of_an_example_is_in_it() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    if !here.join("examples/frameworks").exists() {
        // A package of its own is not packed with this one.
        assert!(std::env::var_os("CI").is_none(), "the examples for frameworks are not here");
        eprintln!("SKIPPED: the examples for frameworks are not here");
        return;
    }
    let mut excerpts = 0;
    for section in PAGE.split("\n# ").filter(|section| section.contains("```rust,ignore")) {
        let (title, _) = section.split_once('\n').unwrap();
        let (_, address) = section.split_once("/blob/main/").unwrap();
        let (path, _) = address.split_once(')').unwrap();
        let example = here.join(path);
        let example = fs::read_to_string(example).unwrap();
        let known: Vec<&str> = example.lines().collect();
        for block in section.split("```rust,ignore\n").skip(1) {
            let (block, _) = block.split_once("```").unwrap();
            for line in block.lines() {
                assert!(line.is_empty() || known.contains(&line), "{title}: {path}: {line}");
            }
            excerpts += 1;
        }
    }
    assert_eq!(excerpts, 6);
}
