//! The table itself: it points down, every row is in use, and `CONTRIBUTING.md` shows it row for row.

use std::fs;
use std::path::Path;

use crate::{MODULES, Module};

#[test]
fn the_table_only_points_down() {
    let place = |name: &str| MODULES.iter().position(|module| module.name == name).unwrap();
    let find = |name: &str| &MODULES[place(name)];
    for from in MODULES {
        for to in from.imports {
            // On the ground, the rows above one in the table are below it.
            let earlier = place(to) < place(from.name) && from.floor == 0;
            let down = find(to).floor < from.floor || earlier;
            assert!(down, "{} imports {to}", from.name);
        }
        let testing = from.imports.iter().any(|to| to.starts_with("testing"));
        let within = from.name.starts_with("testing");
        assert!(within || !testing, "{}: nothing imports the local pool", from.name);
    }
    // Nor through the store that asks the identity provider: it is a `dyn RevocationStore` to them.
    let asks = |name: &&str| name.starts_with("idp") || *name == "revocation::live_check";
    assert!(!find("verify").imports.iter().any(asks));
    assert!(find("idp::client").imports.iter().all(|name| *name != "verify"));
    assert!(!find("web").imports.iter().any(asks));
}

#[test]
fn every_row_is_in_use() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for file in MODULES.iter().flat_map(|module| module.files) {
        let there = match file.strip_suffix('/') {
            Some(folder) => source.join(folder).is_dir(),
            None => source.join(format!("{file}.rs")).is_file(),
        };
        assert!(there, "src/{file} is gone: take it out of MODULES");
    }
}

#[test]
fn contributing_shows_the_same_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("CONTRIBUTING.md");
    let text = fs::read_to_string(path).unwrap();
    let shown: Vec<_> = text.lines().filter(|line| is_row(line)).map(str::to_owned).collect();
    let expected: Vec<_> = MODULES.iter().rev().map(table_row).collect();
    assert_eq!(shown, expected, "the table should be\n{}", expected.join("\n"));
}

fn is_row(line: &str) -> bool {
    line.strip_prefix("| ").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

fn table_row(module: &Module) -> String {
    let code = |names: &[&str]| {
        names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    };
    let imports = match (module.imports, module.floor) {
        ([], 0) => "nothing".to_owned(),
        ([], _) => "floor 0".to_owned(),
        (names, 0) => names.join(", "),
        (names, _) => format!("floor 0, {}", names.join(", ")),
    };
    let (floor, name) = (module.floor, module.name);
    format!("| {floor} | {name} | {} | {imports} |", code(module.files))
}
