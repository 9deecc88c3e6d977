//! What stands in where the feature `metrics` is off: nothing, and no code is left of it.

use super::Metric;
use crate::jwt::TokenUse;

pub(super) fn count(_: &Metric, _: &[(&'static str, &'static str)]) {}

pub(super) fn set(_: &Metric, _: f64) {}

pub(crate) fn refused(_: TokenUse, _: &'static str) {}

pub(crate) struct Verifications;

impl Verifications {
    pub(crate) fn new(_: impl Iterator<Item = &'static str>) -> Self {
        Self
    }

    pub(crate) fn verified(&self, _: TokenUse, _: Option<&'static str>, _: &Look) {}
}

#[derive(Default)]
pub(crate) struct Look {}

impl Look {
    pub(crate) fn cache(&mut self, _: bool) {}

    pub(crate) fn store(&mut self, _: usize, _: bool) {}
}
