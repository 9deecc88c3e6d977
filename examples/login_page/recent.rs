//! A map of what happened lately, of a bounded size.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::time::{Duration, Instant};

/// Entries for a span of time from their beginning on. Where there are too many, the oldest goes.
pub(crate) struct Recent<Key, Value> {
    span: Duration,
    most: usize,
    entries: HashMap<Key, (Instant, Value)>,
    /// When they began. An entry that was removed is still here.
    oldest_first: VecDeque<(Instant, Key)>,
}

impl<Key: Clone + Eq + Hash, Value: Default> Recent<Key, Value> {
    pub(crate) fn new(span: Duration, most: usize) -> Self {
        Self { span, most, entries: HashMap::new(), oldest_first: VecDeque::new() }
    }

    /// An entry, and when it began: now, if there was none.
    pub(crate) fn entry(&mut self, key: Key, now: Instant) -> &mut (Instant, Value) {
        self.remove_old(now);
        if !self.entries.contains_key(&key) {
            if self.oldest_first.len() >= self.most {
                self.remove_oldest();
            }
            self.oldest_first.push_back((now, key.clone()));
        }
        self.entries.entry(key).or_insert((now, Value::default()))
    }

    pub(crate) fn has(&mut self, key: &Key, now: Instant) -> bool {
        self.remove_old(now);
        self.entries.contains_key(key)
    }

    pub(crate) fn remove(&mut self, key: &Key) {
        self.entries.remove(key);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn remove_old(&mut self, now: Instant) {
        let span = self.span;
        while self.oldest_first.front().is_some_and(|(at, _)| now.duration_since(*at) >= span) {
            self.remove_oldest();
        }
    }

    fn remove_oldest(&mut self) {
        let Some((began, key)) = self.oldest_first.pop_front() else { return };
        if self.entries.get(&key).is_some_and(|(at, _)| *at == began) {
            self.entries.remove(&key);
        }
    }
}
