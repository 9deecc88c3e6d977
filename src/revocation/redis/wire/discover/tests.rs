//! What servers answer, and what is made of it.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;
use crate::revocation::redis::wire::settings::ConnectionSettings;

fn bulk(text: &str) -> Value {
    Value::BulkString(text.as_bytes().to_vec())
}

fn list<const N: usize>(values: [Value; N]) -> Value {
    Value::Array(values.to_vec())
}

fn node(host: Value, port: i64) -> Value {
    list([host, Value::Int(port), bulk("id"), list([])])
}

fn range(first: i64, last: i64, servers: &[Value]) -> Value {
    Value::Array([&[Value::Int(first), Value::Int(last)], servers].concat())
}

#[test]
fn slots_are_read_with_their_primaries_and_all_nodes() {
    let from = RedisAddress::new("seed", 1);
    let (one, two) = (node(bulk("10.0.0.1"), 6379), node(bulk("10.0.0.2"), 6379));
    let answer = list([range(9, 16_383, &[two.clone(), one.clone()]), range(0, 8, &[one, two])]);
    let map = read_slots(&answer, &from).unwrap();
    let shown = format!("{:?}", map.nodes);
    assert_eq!(shown, "[10.0.0.2:6379, 10.0.0.1:6379]");
    let ranges: Vec<_> =
        map.ranges.iter().map(|range| (range.first, range.last, &*range.primary.host)).collect();
    assert_eq!(ranges, [(0, 8, "10.0.0.1"), (9, 16_383, "10.0.0.2")]);
    assert_eq!(read_slots(&list([]), &from), Ok(SlotMap::default()));
}

#[test]
fn a_node_without_a_host_is_at_the_one_that_was_asked() {
    let from = RedisAddress::new("seed", 1);
    for host in [Value::Nil, bulk(""), bulk("?")] {
        let map = read_slots(&list([range(0, 1, &[node(host, 7)])]), &from).unwrap();
        assert_eq!(map.ranges[0].primary, RedisAddress::new("seed", 7));
    }
}

#[test]
fn other_answers_make_no_sense() {
    let from = RedisAddress::new("seed", 1);
    let one = || node(bulk("a"), 1);
    for answer in [
        Value::Nil,
        bulk("OK"),
        list([Value::Int(1)]),
        list([range(0, 16_384, &[one()])]),
        list([range(-1, 2, &[one()])]),
        list([range(0, 1, &[])]),
        list([range(0, 1, &[node(bulk("a"), 65_536)])]),
        list([range(0, 1, &[node(Value::BulkString(vec![0xff]), 1)])]),
        list([range(0, 1, &[list([bulk("a")])])]),
    ] {
        assert_eq!(read_slots(&answer, &from), Err(RedisFault::Answer), "{answer:?}");
    }
    assert_eq!(read_primary(&Value::Nil), Err(RedisFault::NotPrimary));
    let primary = read_primary(&list([bulk("::1"), bulk("6379")])).unwrap();
    assert_eq!(primary.ranges[0].primary, RedisAddress::new("::1", 6379));
    assert_eq!((primary.ranges[0].first, primary.ranges[0].last), (0, 16_383));
    for answer in [bulk("x"), list([bulk("a")]), list([bulk("a"), bulk("b")])] {
        assert_eq!(read_primary(&answer), Err(RedisFault::Answer), "{answer:?}");
    }
}

/// A call fails at its server after the others were asked: their answer may be from before that.
#[tokio::test]
async fn a_doubt_from_the_time_of_a_discovery_outlives_it() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut settings = ConnectionSettings::new(&format!("redis+cluster://127.0.0.1:{port}"));
    settings.timeout = Duration::from_secs(30);
    let connector = Connector::new(settings).unwrap();
    let answer = format!("*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n$9\r\n127.0.0.1\r\n:{port}\r\n");
    let rested = || connector.topology().find(0, Instant::now() + Duration::from_secs(1));
    for fails_meanwhile in [true, false] {
        let locating = tokio::spawn({
            let connector = connector.clone();
            async move { connector.locate(0).await.map(|location| location.address.port) }
        });
        let (mut stream, _) = listener.accept().await.unwrap();
        // Nothing comes before it where there is no login.
        let mut asked = [0; "*2\r\n$7\r\nCLUSTER\r\n$5\r\nSLOTS\r\n".len()];
        stream.read_exact(&mut asked).await.unwrap();
        assert_eq!(&asked, b"*2\r\n$7\r\nCLUSTER\r\n$5\r\nSLOTS\r\n");
        if fails_meanwhile {
            connector.suspect();
        }
        stream.write_all(answer.as_bytes()).await.unwrap();
        assert_eq!(locating.await.unwrap(), Ok(port));
        assert_eq!(rested().is_none(), fails_meanwhile);
        // So soon they are not asked again.
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
}
