//! The tables of `tests/README.md` and `tests/rows/`: every row of a list stands in one of them,
//! with a test that exists or with the reason why it does not apply.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

const TABLES: [&str; 6] = [
    "README.md",
    "rows/standards.md",
    "rows/other_verifiers.md",
    "rows/faults.md",
    "rows/browser_sessions.md",
    "rows/load_balancers.md",
];

/// The lists that are ours: they stand in their tables alone.
const OWN_LISTS: [&str; 2] = ["BS-", "AL-"];

/// What a cell says of a row that has no test.
const NOT_APPLICABLE: &str = "does not apply: ";

/// What a cell says of a fault that is known and not mended yet.
const OPEN: &str = "open: ";

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The ids of a row, and its last cell.
struct Row {
    ids: Vec<String>,
    last: String,
}

/// `A-1, B-2 … B-4, R1 … R3`; `None` where something else stands there too.
fn ids(cell: &str) -> Option<Vec<String>> {
    let mut found = Vec::new();
    for part in cell.split(", ") {
        let (first, last) = part.split_once(" … ").unwrap_or((part, part));
        let ((list, from), (other_list, to)) = (list_and_number(first)?, list_and_number(last)?);
        if list != other_list || from.is_empty() || to.is_empty() {
            return None;
        }
        match (from == to, from.parse::<u32>(), to.parse::<u32>()) {
            (true, ..) => found.push(first.to_owned()),
            (false, Ok(low), Ok(high)) => {
                let width = from.len();
                found.extend((low..=high).map(|number| format!("{list}{number:0width$}")));
            }
            _ => return None,
        }
    }
    Some(found)
}

/// `A-` and `1` of `A-1`, `R` and `1` of `R1`.
fn list_and_number(id: &str) -> Option<(&str, &str)> {
    let letters = id.find(|c: char| !c.is_ascii_uppercase())?;
    let list = letters + usize::from(id[letters..].starts_with('-'));
    let (list, number) = id.split_at(list);
    let is_number = |b: u8| b.is_ascii_digit() || list.ends_with('-') && b.is_ascii_alphanumeric();
    (letters > 0 && number.bytes().all(is_number)).then_some((list, number))
}

fn cells(line: &str) -> Option<Vec<&str>> {
    let inner = line.strip_prefix("| ")?.strip_suffix(" |")?;
    Some(inner.split(" | ").collect())
}

fn rows(text: &str) -> Vec<Row> {
    let rows = text.lines().filter_map(cells).filter_map(|cells| {
        let ids = ids(cells.first()?)?;
        Some(Row { ids, last: (*cells.last()?).to_owned() })
    });
    rows.collect()
}

/// The ids of the section "Lists".
fn declared(text: &str) -> Vec<String> {
    let section = text.split("\n## ").find(|section| section.starts_with("Lists\n")).unwrap();
    section.lines().filter_map(cells).filter_map(|cells| ids(cells.get(1)?)).flatten().collect()
}

/// What is wrong with the tables: `tests` are the paths of all tests, `corpus` is the source of the
/// rows in `hostile_tokens`.
fn problems(tables: &[String], tests: &BTreeSet<String>, corpus: &str) -> Vec<String> {
    let mut found = Vec::new();
    let rows: Vec<Row> = tables.iter().flat_map(|text| rows(text)).collect();
    let declared = declared(&tables[0]);
    let mut seen = BTreeSet::new();
    for id in rows.iter().flat_map(|row| &row.ids) {
        if !declared.contains(id) {
            found.push(format!("{id} is in no list"));
        }
        if !seen.insert(id) {
            found.push(format!("{id} stands twice"));
        }
    }
    for id in declared.iter().filter(|id| !seen.contains(id)) {
        found.push(format!("{id} is missing"));
    }
    for row in &rows {
        let (name, mut named) = (row.ids.join(", "), 0);
        let spans: Vec<&str> = row.last.split('`').collect();
        for pair in spans.chunks_exact(2) {
            let (before, code) = (pair[0], pair[1]);
            if before.ends_with("row ") {
                named += 1;
                if !corpus.contains(&format!("\"{code}\"")) {
                    found.push(format!("{name}: there is no row {code:?} in hostile_tokens"));
                }
            } else if code.contains("::") {
                named += 1;
                if !tests.contains(code) {
                    found.push(format!("{name}: there is no test {code}"));
                }
            }
        }
        let reason = row.last.strip_prefix(NOT_APPLICABLE).or(row.last.strip_prefix(OPEN));
        if named == 0 && reason.is_none_or(|reason| reason.len() < 20) {
            found.push(format!("{name}: neither a test nor a reason"));
        }
    }
    found
}

fn files(folder: &str) -> Vec<(PathBuf, String)> {
    fn read(folder: &Path, files: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(&path, files);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push((path.clone(), fs::read_to_string(path).unwrap()));
            }
        }
    }
    let (root, mut found) = (here().join(folder), Vec::new());
    read(&root, &mut found);
    for (path, _) in &mut found {
        *path = path.strip_prefix(&root).unwrap().to_owned();
    }
    found
}

/// The names after an attribute of a test, and those of a table of stories.
fn names(text: &str) -> Vec<&str> {
    let (mut found, mut attribute, mut in_table) = (Vec::new(), false, false);
    let identifier = |text: &str| text.find(|c: char| c != '_' && !c.is_alphanumeric());
    for line in text.lines().map(str::trim_start) {
        if let Some((name, _)) = line.split_once(" on ").filter(|(_, plan)| plan.contains(" => ["))
        {
            found.push(name);
        } else if line == "hold! {" || in_table {
            // Scenarios of a model, each a test: `name: scenario,`.
            in_table = line != "}";
            found.extend(line.split_once(": ").map(|(name, _)| name));
        } else if line.starts_with("#[") {
            attribute |= line.starts_with("#[test]") || line.contains("::test");
        } else if let Some((_, rest)) = line.split_once("fn ") {
            if attribute {
                found.push(&rest[..identifier(rest).unwrap_or(rest.len())]);
            }
            attribute = false;
        }
    }
    found
}

/// Every test by its path, as `cargo test` names it behind the name of the target.
fn every_test() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (folder, beside_the_code) in [("tests", false), ("src", true)] {
        for (path, text) in files(folder) {
            let module = path.with_extension("").to_string_lossy().replace(['/', '\\'], "::");
            let mut module = module.strip_suffix("::main").unwrap_or(&module).to_owned();
            if beside_the_code && !module.ends_with("tests") {
                module.push_str("::tests");
            }
            found.extend(names(&text).into_iter().map(|name| format!("{module}::{name}")));
        }
    }
    found
}

fn tables() -> Vec<String> {
    let read = |name| fs::read_to_string(here().join("tests").join(name)).unwrap();
    TABLES.iter().map(read).collect()
}

#[test]
fn every_row_has_a_test_that_exists_or_a_reason() {
    let tests = every_test();
    assert!(tests.len() > 450, "only {} tests were found", tests.len());
    let corpus: String = files("tests/hostile_tokens").into_iter().map(|(_, text)| text).collect();
    let found = problems(&tables(), &tests, &corpus);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_target_is_in_the_table_of_targets() {
    let readme = tables().swap_remove(0);
    let section = readme.split("\n## ").find(|section| section.starts_with("Targets\n")).unwrap();
    let first_cells = section.lines().filter_map(cells).map(|cells| cells[0]);
    let listed: Vec<&str> = first_cells.filter_map(|cell| cell.split('`').nth(1)).collect();
    let mut targets: Vec<String> = files("tests")
        .into_iter()
        .filter_map(|(path, _)| {
            let of_folder = path.file_name()? == "main.rs" && path.components().count() == 2;
            let target = if of_folder { path.parent()? } else { &path };
            let is_target = target.components().count() == 1;
            is_target.then(|| target.file_stem().unwrap().to_string_lossy().into_owned())
        })
        .collect();
    targets.sort();
    assert_eq!(listed, targets, "the table is sorted by name");
}

/// Where the lists themselves are, beside the repository.
#[test]
fn no_row_of_the_lists_is_left_out() {
    let mut declared: BTreeSet<String> = declared(&tables()[0]).into_iter().collect();
    declared.retain(|id| !OWN_LISTS.iter().any(|list| id.starts_with(list)));
    assert_eq!(declared.len(), 266 + 47);
    let mut listed = BTreeSet::new();
    for list in ["checklists.md", "faults.md"] {
        let Ok(text) = fs::read_to_string(here().join("../shared").join(list)) else {
            let absent = "THE LISTS ARE ABSENT: only their ids here were looked at";
            assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "{absent}");
            // Straight to the stream: the harness swallows what the print macros write.
            std::io::stderr().write_all(format!("{absent}\n").as_bytes()).unwrap();
            return;
        };
        let first_words =
            text.lines().filter_map(|line| line.strip_prefix("| ")?.split(' ').next());
        listed.extend(first_words.filter_map(ids).flatten());
    }
    assert_eq!(declared, listed);
}

/// What is not offered cannot be switched on by mistake. The local pool in `testing` plays the
/// other side, and knows the words.
#[test]
fn what_is_not_offered_is_not_in_the_source() {
    for words in [
        "response_type=token", // the implicit grant
        "\"id_token token\"",
        "\"plain\"", // PKCE without a hash
        "\"password\"",
        "USER_PASSWORD_AUTH",
        "\"InitiateAuth\"",
        "x-forwarded-",
        "X-Forwarded-",
        "FORWARDED",
    ] {
        for (path, text) in files("src") {
            let local_pool = path.starts_with("testing");
            // Unit tests offer nothing: the members of vectors have such names.
            let unit_tests = path.iter().any(|part| part == "tests" || part == "tests.rs");
            // Direct sign-in offers the password, if it is asked to.
            let flows = ["USER_PASSWORD_AUTH", "\"InitiateAuth\""];
            let direct = path.to_string_lossy().starts_with("direct") && flows.contains(&words);
            assert!(
                local_pool || unit_tests || direct || !text.contains(words),
                "{words} in {}",
                path.display()
            );
        }
    }
}

/// A check that cannot fail is a defect.
#[test]
fn every_kind_of_problem_is_found() {
    let tests = BTreeSet::from(["a::b".to_owned()]);
    let lists = "\n## Lists\n\n| X | X-1 … X-2, X-ab, Z8 … Z9 | x |\n\n## Rows\n";
    let good = "| X-1 | x | `a::b` |\n| X-2 | x | row `good` |\n| X-ab | x | does not apply: \
                Cognito never sends one |\n| Z8 | x | `a::b` |\n| Z9 | x | open: mended with \
                the other half |\n";
    let problems =
        |rows: &str| problems(&[format!("{lists}{rows}")], &tests, "refused(\"good\", …)");
    assert_eq!(problems(good), Vec::<String>::new());
    for (from, to, expected) in [
        ("| X-1 | x | `a::b` |\n", "", "X-1 is missing"),
        ("X-1 |", "X-1, X-2 |", "X-2 stands twice"),
        ("X-1 |", "X-1, Y-1 |", "Y-1 is in no list"),
        ("a::b", "a::c", "X-1: there is no test a::c"),
        ("`good`", "`goo`", "X-2: there is no row \"goo\" in hostile_tokens"),
        ("Cognito never sends one", "no", "X-ab: neither a test nor a reason"),
        ("`a::b`", "tested", "X-1: neither a test nor a reason"),
        ("| Z8 | x | `a::b` |\n", "", "Z8 is missing"),
        ("mended with the other half", "no", "Z9: neither a test nor a reason"),
    ] {
        assert!(good.contains(from), "{from}");
        assert_eq!(problems(&good.replacen(from, to, 1)), [expected], "{from} → {to}");
    }
}
