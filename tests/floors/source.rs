//! Just enough of Rust's grammar to find out which paths a file names.

use super::lexer::{is_word, tokens};

/// A file of `src/`: its tokens without comments, literals and test code.
pub(crate) struct Source {
    /// Path below `src/` without `.rs`.
    pub(crate) module: String,
    tokens: Vec<String>,
}

/// Where a path stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Named {
    /// In a `pub use`.
    Reexport,
    Use,
    Inline,
}

/// A path that a file names, and the file it leads to where there is one.
pub(crate) struct Import {
    pub(crate) path: String,
    pub(crate) file: Option<String>,
}

impl Source {
    pub(crate) fn read(path: &str, text: &str) -> Self {
        let module = path.strip_suffix(".rs").unwrap_or(path).to_owned();
        Self { module, tokens: without_tests(tokens(text)) }
    }

    pub(crate) fn is_test(&self) -> bool {
        self.module.split('/').any(|part| part == "tests")
    }

    pub(crate) fn names_crate(&self, name: &str) -> bool {
        // A module of the crate may have the same name: `use crate::metrics;`.
        let module = self.paths().iter().any(|(path, _)| *path == ["crate", name]);
        self.tokens.iter().enumerate().any(|(i, token)| {
            let is_first = self.before(i) != "::" && !module;
            let is_global = self.before(i) == "::"
                && (!is_word(self.before(i - 1)) || self.before(i - 1) == "use");
            token == name
                && (self.is(i + 1, "::") || self.before(i) == "use")
                && (is_first || is_global)
        })
    }

    pub(crate) fn unwraps(&self) -> bool {
        self.tokens.windows(3).any(|w| w == [".", "unwrap", "("])
    }

    /// Every path into this crate that the file names, re-exports of its own children apart.
    pub(crate) fn imports(&self, all: &[Source]) -> Vec<Import> {
        let own = self.segments();
        let mut found = Vec::new();
        for (path, named) in self.paths() {
            let Some(target) = self.absolute(&path) else { continue };
            if named == Named::Reexport && target.len() > own.len() && target.starts_with(&own) {
                continue;
            }
            found.push(Import { path: path.join("::"), file: locate(&target, all, 0) });
        }
        found
    }

    fn is(&self, at: usize, token: &str) -> bool {
        self.tokens.get(at).is_some_and(|t| t == token)
    }

    fn before(&self, at: usize) -> &str {
        at.checked_sub(1).map_or("", |at| &self.tokens[at])
    }

    fn segments(&self) -> Vec<String> {
        self.module.split('/').filter(|s| *s != "lib").map(str::to_owned).collect()
    }

    fn has_child(&self, name: &str) -> bool {
        self.tokens.windows(3).any(|w| w[0] == "mod" && w[1] == name && w[2] == ";")
    }

    /// From the crate's root; `None` for a path into another crate or to a local name.
    fn absolute(&self, path: &[String]) -> Option<Vec<String>> {
        let own = self.segments();
        let (base, rest): (&[String], _) = match path.first()?.as_str() {
            "crate" => (&[], &path[1..]),
            "self" => (&own, &path[1..]),
            "super" => {
                let ups = path.iter().take_while(|s| *s == "super").count();
                (&own[..own.len().saturating_sub(ups)], &path[ups..])
            }
            name if self.has_child(name) => (&own, path),
            _ => return None,
        };
        Some(base.iter().chain(rest).cloned().collect())
    }

    /// Every path in the file.
    fn paths(&self) -> Vec<(Vec<String>, Named)> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            let start = at;
            // `+ use<'a>` names lifetimes, and no path.
            if self.tokens[at] == "use" && !self.is(at + 1, "<") {
                // `pub use` and `pub(crate) use`.
                let reexport = matches!(self.before(at), "pub" | ")");
                let named = if reexport { Named::Reexport } else { Named::Use };
                at += 1;
                let mut tree = Vec::new();
                self.use_tree(&mut at, &[], &mut tree);
                found.extend(tree.into_iter().map(|path| (path, named)));
            } else if self.is(at + 1, "::") && is_word(&self.tokens[at]) && self.before(at) != "::"
            {
                let visibility = self.before(at) == "in" && self.before(at - 1) == "(";
                let mut path = vec![self.tokens[at].clone()];
                while self.is(at + 1, "::") && self.tokens.get(at + 2).is_some_and(|t| is_word(t)) {
                    path.push(self.tokens[at + 2].clone());
                    at += 2;
                }
                if !visibility {
                    found.push((path, Named::Inline));
                }
            }
            at = at.max(start + 1);
        }
        found
    }

    fn use_tree(&self, at: &mut usize, prefix: &[String], found: &mut Vec<Vec<String>>) {
        let mut path = prefix.to_vec();
        while let Some(token) = self.tokens.get(*at) {
            match token.as_str() {
                "::" => {}
                "{" => {
                    *at += 1;
                    while *at < self.tokens.len() && !self.is(*at, "}") {
                        let start = *at;
                        self.use_tree(at, &path, found);
                        *at += usize::from(self.is(*at, ",") || *at == start);
                    }
                    *at += 1;
                    return;
                }
                "as" => *at += 1,
                ";" | "," | "}" => break,
                "self" if !path.is_empty() => {}
                segment => path.push(segment.to_owned()),
            }
            *at += 1;
        }
        found.push(path);
    }
}

/// The file in which the name at the end of an absolute path lives: the deepest file on the way,
/// following the re-exports of that file, and what it imports itself for the files below.
fn locate(target: &[String], all: &[Source], depth: usize) -> Option<String> {
    let modules = target.iter().take_while(|s| s.starts_with(|c: char| c.is_ascii_lowercase()));
    let mut module: Vec<_> = modules.cloned().collect();
    // A function is written like a module: only what is a file counts, be it one that is not among
    // those given.
    let is_file = |file: String| all.iter().any(|s| s.module == file) || super::is_listed(&file);
    while module.len() > 1 && !is_file(module.join("/")) {
        module.pop();
    }
    // A function's name is no module: the file above does not declare it.
    if module.len() == target.len()
        && let Some((last, above)) = module.split_last()
        && all.iter().any(|file| file.module == above.join("/") && !file.has_child(last))
    {
        module.pop();
    }
    let file = module.join("/");
    let name = target.get(module.len());
    if let (Some(name), Some(source)) = (name, all.iter().find(|s| s.module == file)) {
        let reexport = source
            .paths()
            .into_iter()
            .filter(|(path, named)| *named != Named::Inline && path.len() > 1)
            .find(|(path, _)| path.last() == Some(name));
        // The depth ends a circle of re-exports.
        let target = reexport.and_then(|(path, _)| source.absolute(&path));
        if let Some(target) = target.filter(|_| depth < 8) {
            return locate(&target, all, depth + 1);
        }
    }
    (!file.is_empty()).then_some(file)
}

/// Drops every item that is compiled for tests only: `#[cfg(test)]`, `#[cfg(all(test, …))]`.
fn without_tests(tokens: Vec<String>) -> Vec<String> {
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if let Some(condition) = cfg_condition(&tokens[at..])
            && matches!(condition, [first, ..] if first == "test")
                | matches!(condition, [all, _, test, ..] if all == "all" && test == "test")
        {
            at = end_of_item(&tokens, at + condition.len() + 5);
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

/// What stands between `#[cfg(` and `]`.
fn cfg_condition(tokens: &[String]) -> Option<&[String]> {
    let condition = tokens.get(4..).filter(|_| tokens[..4] == ["#", "[", "cfg", "("])?;
    let end = condition.iter().position(|token| token == "]")?;
    Some(&condition[..end])
}

fn end_of_item(tokens: &[String], mut at: usize) -> usize {
    let mut depth = 0;
    while at < tokens.len() {
        match tokens[at].as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" => depth -= 1,
            "}" => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            ";" if depth == 0 => return at + 1,
            _ => {}
        }
        at += 1;
    }
    at
}
