//! What a session in memory takes beside its tokens' own bytes.

use std::hint::black_box;
use std::time::Duration;

use cognito_auth::sessions::{
    MemorySessions, NewSession, PublicSessionId, SessionKey, SessionStore, UserIndex,
};
use sha2::{Digest as _, Sha256};
use tokio::runtime::Runtime;

use crate::site::{Site, now};

/// Fills a store with records and notes of the sizes of a real sign-in's, each of a user of its own.
pub fn measure(runtime: &Runtime, count: usize) {
    let site = Site::new(runtime, 1);
    let [record, note, tokens] = Site { padding: 0, ..site }.sizes(runtime);
    let before = resident();
    let mut store = None;
    let counted = allocation_counter::measure(|| {
        let filled = MemorySessions::with_limits(count, usize::MAX);
        let (record, note) = (vec![0x5a; record], vec![0xa5; note]);
        for number in 0..count {
            let [key, user] = ["key", "user"]
                .map(|what| -> [u8; 32] { Sha256::digest(format!("{what} {number}")).into() });
            let (key, user) = (SessionKey::from_bytes(key), UserIndex::from_bytes(user));
            let id = PublicSessionId::from_bytes((number as u128).to_be_bytes());
            let expires = Duration::from_secs(1800);
            let mut session = NewSession::new(&key, &user, id, &record, expires);
            session.note = &note;
            now(filled.insert(session)).unwrap();
        }
        store = Some(filled);
    });
    let taken = resident() - before;
    assert_eq!(store.as_ref().unwrap().len(), count);
    let each = |bytes: f64| bytes / count as f64;
    let (asked, resident) = (each(counted.bytes_current as f64), each(taken as f64));
    println!("\n### {count} sessions in memory\n");
    println!("tokens {tokens} bytes, record {record}, note {note}");
    println!("| | bytes a session | beside the tokens |\n|---|---|---|");
    for (name, bytes) in [("asked of the allocator", asked), ("resident", resident)] {
        println!("| {name} | {bytes:.0} | {:.0} |", bytes - tokens as f64);
    }
    black_box(store);
}

/// The resident memory of this process in bytes, from Linux.
fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    pages.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * 4096
}
