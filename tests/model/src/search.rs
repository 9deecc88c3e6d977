//! A run of the checker over all states of a model, and what comes of it.

use std::hash::Hash;
use std::time::{Duration, Instant};

use stateright::{Checker, HasDiscoveries, Model};

/// What the checker found: for each property that does not hold, the shortest way there.
#[derive(Debug)]
pub struct Outcome<A> {
    pub states: usize,
    pub depth: usize,
    pub took: Duration,
    pub violated: Vec<(&'static str, Vec<A>)>,
}

/// All states up to this depth, or those up to the first violation of one of the properties in `until`.
pub(crate) fn search<M>(
    model: M,
    until: &[&'static str],
    depth: Option<usize>,
) -> Outcome<M::Action>
where
    M: Model + Send + Sync + 'static,
    M::State: Clone + Hash + PartialEq + Send + Sync + 'static,
    M::Action: Clone + PartialEq,
{
    let began = Instant::now();
    let finish = match until {
        [] => HasDiscoveries::AnyFailures,
        names => HasDiscoveries::AnyOf(names.iter().copied().collect()),
    };
    let mut checker = model.checker().threads(2).finish_when(finish);
    if let Some(depth) = depth {
        checker = checker.target_max_depth(depth);
    }
    let checker = checker.spawn_bfs().join();
    let violated = checker.discoveries().into_iter();
    Outcome {
        states: checker.unique_state_count(),
        depth: checker.max_depth(),
        took: began.elapsed(),
        violated: violated.map(|(name, path)| (name, path.into_actions())).collect(),
    }
}
