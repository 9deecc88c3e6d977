//! Tests of `revocation::redis::wire::record`.

use super::*;

#[test]
fn an_entry_reads_back_as_it_was_written() {
    let uuid = Fingerprint::of("7c5f0f0e-0123-4000-8000-0000000000ff");
    assert_eq!(member(TargetKind::Session, uuid), "s:7c5f0f0e0123400080000000000000ff");
    assert_eq!(member(TargetKind::GlobalSignOut, uuid), "g:7c5f0f0e0123400080000000000000ff");
    for kind in
        [TargetKind::Token, TargetKind::Session, TargetKind::User, TargetKind::GlobalSignOut]
    {
        for at in [0, 1_767_225_600, LATEST] {
            let identity = Fingerprint::of("anything");
            let read = entry(&member(kind, identity), &at.to_string());
            assert_eq!(read, Some(CompactEntry { kind, identity, at }));
        }
    }
}

#[test]
fn what_is_no_entry_is_left_alone() {
    let digits = "0".repeat(32);
    for (member, moment) in [
        (format!("e:{digits}"), "1"),
        (format!("x:{digits}"), "1"),
        (digits.clone(), "1"),
        ("u:0".to_owned(), "1"),
        (format!("u:{digits}"), "inf"),
        (format!("u:{digits}"), "-1"),
        (format!("u:{digits}"), "soon"),
    ] {
        assert_eq!(entry(&member, moment), None, "{member} {moment}");
    }
    assert_eq!(moment(u64::MAX), LATEST);
}

#[test]
fn places_read_back_as_they_were_written() {
    let read = place("1767225600000-7", "00000000000000ff-12").unwrap();
    assert_eq!(read, Place { id: LineId(1_767_225_600_000, 7), nonce: Nonce(255, 12) });
    let id = |id| place(id, "0-0").unwrap().id;
    assert!(id("9-9") < id("10-0") && id("10-2") < id("10-10"));
    for bad in ["", "-", "1", "1-", "x-1", "1-2-3", "-1-1", "+1-1", "1-+1"] {
        assert_eq!(place(bad, "0-0"), Err(RedisFault::Answer), "{bad}");
        assert_eq!(place("1-1", bad), Err(RedisFault::Answer), "{bad}");
    }
    assert_eq!(place("1-1", "0-4294967296"), Err(RedisFault::Answer));
    assert_eq!(read_epoch(&epoch(Epoch(u64::MAX))), Ok(Epoch(u64::MAX)));
    for bad in ["", "e:", "e:0", "e:00000000000000000", "x:0000000000000000", "e:000000000000000g"]
    {
        assert_eq!(read_epoch(bad), Err(RedisFault::Answer), "{bad}");
    }
}
