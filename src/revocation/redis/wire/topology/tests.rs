//! Where a slot is found, and when servers are asked.

use super::*;

fn at(port: u16) -> RedisAddress {
    RedisAddress::new("127.0.0.1", port)
}

fn map(ports: [u16; 2]) -> SlotMap {
    let [low, high] = ports.map(at);
    SlotMap {
        nodes: vec![low.clone(), high.clone(), at(9)],
        ranges: vec![
            SlotRange { first: 0, last: 99, primary: low },
            SlotRange { first: 200, last: 300, primary: high },
        ],
    }
}

/// What servers say who have been asked just now.
fn learn(topology: &Topology, answer: Result<SlotMap, RedisFault>, now: Instant) {
    topology.learn(answer, topology.last_doubt(), now);
}

fn port(found: Option<Location>) -> Option<u16> {
    found.map(|location| location.address.port)
}

#[test]
fn a_slot_is_in_its_range_and_in_no_gap() {
    let (topology, now) = (Topology::new(vec![at(1)]), Instant::now());
    assert_eq!(topology.find(0, now), None, "nothing is known");
    assert_eq!(topology.last_known(0), Err(RedisFault::NotPrimary));
    learn(&topology, Ok(map([1, 2])), now);
    for (slot, there) in
        [(0, Some(1)), (99, Some(1)), (100, None), (199, None), (200, Some(2)), (301, None)]
    {
        assert_eq!(port(topology.find(slot, now)), there, "{slot}");
        assert_eq!(port(topology.last_known(slot).ok()), there, "{slot}");
    }
    // However old it is.
    assert_eq!(port(topology.find(50, now + Duration::from_secs(86_400))), Some(1));
}

#[test]
fn a_moved_slot_is_followed_at_once_and_the_others_are_asked_for_later() {
    let (topology, now) = (Topology::new(vec![at(1)]), Instant::now());
    learn(&topology, Ok(map([1, 2])), now);
    topology.moved(50, at(3));
    let later = now + AFTER_MOVE;
    assert_eq!(port(topology.find(50, later)), Some(3));
    assert_eq!(port(topology.find(51, later - Duration::from_nanos(1))), Some(1));
    assert_eq!(topology.find(51, later), None);
    learn(&topology, Ok(map([4, 2])), later);
    assert_eq!(
        (port(topology.find(50, later)), port(topology.find(51, later))),
        (Some(4), Some(4))
    );
}

#[test]
fn after_a_failure_servers_are_asked_but_not_all_the_time() {
    let (topology, now) = (Topology::new(vec![at(1)]), Instant::now());
    learn(&topology, Ok(map([1, 2])), now);
    topology.moved(50, at(3));
    topology.suspect();
    assert_eq!(port(topology.find(50, now)), Some(1), "the redirection may be what failed");
    let later = now + AFTER_FAILURE;
    assert_eq!(topology.find(50, later), None);
    learn(&topology, Err(RedisFault::Timeout), later);
    assert!(topology.was_asked_at(later));
    assert!(!topology.was_asked_at(later + AFTER_FAILURE));
    assert_eq!(port(topology.find(50, later)), Some(1));
    assert_eq!(topology.find(50, later + AFTER_FAILURE), None, "there was no answer");
    assert_eq!(topology.last_known(150), Err(RedisFault::Timeout));
}

#[test]
fn another_server_is_asked_first_each_time() {
    let topology = Topology::new(vec![at(1), at(7)]);
    let ports = || topology.to_ask().iter().map(|server| server.port).collect::<Vec<_>>();
    assert_eq!((ports(), ports()), (vec![1, 7], vec![7, 1]));
    learn(&topology, Ok(map([1, 2])), Instant::now());
    let mut asked = ports();
    assert_eq!(asked[0], 2, "the third, of the seeds and then the others");
    asked.sort_unstable();
    assert_eq!(asked, [1, 2, 7, 9]);
}

#[test]
fn what_is_noted_while_servers_are_asked_is_newer_than_their_answer() {
    let (topology, now) = (Topology::new(vec![at(1)]), Instant::now());
    let (rested, long_after) = (now + AFTER_FAILURE, now + AFTER_MOVE);
    learn(&topology, Ok(map([1, 2])), now);
    // From before the question: settled.
    topology.suspect();
    topology.moved(50, at(3));
    let asked = topology.last_doubt();
    // Two slots move while servers are asked.
    topology.moved(60, at(4));
    topology.moved(50, at(5));
    topology.learn(Ok(map([6, 7])), asked, now);
    assert_eq!(
        [50, 60, 61].map(|slot| port(topology.find(slot, rested))),
        [Some(5), Some(4), Some(6)]
    );
    assert_eq!(topology.find(61, long_after), None, "others may have moved with them");
    // A server fails while others are asked.
    let asked = topology.last_doubt();
    topology.suspect();
    topology.learn(Ok(map([6, 7])), asked, now);
    assert_eq!(topology.find(50, rested), None, "the answer is older than the failure");
    assert_eq!(port(topology.last_known(50).ok()), Some(6));
    // What servers say who are asked after it counts.
    learn(&topology, Ok(map([8, 9])), now);
    assert_eq!(port(topology.find(50, long_after)), Some(8));
}
