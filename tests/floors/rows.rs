//! The row of a file, and what it may import.

use crate::{MODULES, Module};

pub(crate) fn covers(files: &[&str], file: &str) -> bool {
    files.iter().any(|f| *f == file || f.ends_with('/') && file.starts_with(f))
}

pub(crate) fn row(file: &str) -> Option<&'static Module> {
    MODULES.iter().find(|module| covers(module.files, file))
}

/// Whether a row names this very file.
pub(crate) fn is_listed(file: &str) -> bool {
    MODULES.iter().any(|module| module.files.contains(&file))
}

pub(crate) fn may_import(from: &Module, to: &Module) -> bool {
    from.name == to.name || from.imports.contains(&to.name) || from.floor > 0 && to.floor == 0
}
