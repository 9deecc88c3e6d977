//! What an error of a server says about where the keys are.

use super::*;

fn cluster() -> Connector {
    Connector::new(ConnectionSettings::new("redis+cluster://127.0.0.1:1")).unwrap()
}

fn error(kind: ErrorKind) -> RedisError {
    RedisError::from((kind, "an error"))
}

#[test]
fn servers_are_asked_again_after_some_errors_and_not_after_others() {
    use ServerErrorKind::{
        BusyLoading, ClusterDown, MasterDown, NoPerm, ReadOnly, ResponseError, TryAgain,
    };
    let said = |kind| error(ErrorKind::Server(kind));
    for (error, is_doubted) in [
        (error(ErrorKind::Io), true),
        (said(ReadOnly), true),
        (said(MasterDown), true),
        (said(ClusterDown), true),
        (said(BusyLoading), true),
        (said(TryAgain), false),
        (said(NoPerm), false),
        (said(ResponseError), false),
        (error(ErrorKind::Parse), false),
        (error(ErrorKind::AuthenticationFailed), false),
    ] {
        let (connector, from) = (cluster(), RedisAddress::new("127.0.0.1", 1));
        let before = connector.topology().last_doubt();
        assert_eq!(connector.interpret(&from, &error).ask, None);
        assert_eq!(connector.topology().last_doubt() > before, is_doubted, "{error}");
    }
}

#[test]
fn a_redirection_within_a_cluster_is_followed() {
    let from = RedisAddress::new("seed", 1);
    let to = |kind, words: &str| {
        RedisError::from((ErrorKind::Server(kind), "an error", words.to_owned()))
    };
    for (words, there) in [
        ("16383 10.0.0.1:7", Some((16_383, RedisAddress::new("10.0.0.1", 7)))),
        ("0 :7", Some((0, RedisAddress::new("seed", 7)))),
        ("16384 10.0.0.1:7", None),
        ("1 10.0.0.1", None),
        ("1 10.0.0.1:65536", None),
    ] {
        let connector = cluster();
        let moved = connector.interpret(&from, &to(ServerErrorKind::Moved, words));
        assert_eq!((moved.fault, moved.ask), (RedisFault::NotPrimary, None));
        let slot = there.as_ref().map_or(1, |(slot, _)| *slot);
        let known = connector.topology().last_known(slot).ok().map(|location| location.address);
        assert_eq!(known, there.as_ref().map(|(_, address)| address.clone()), "{words}");

        let connector = cluster();
        let asked = connector.interpret(&from, &to(ServerErrorKind::Ask, words));
        assert_eq!((asked.fault, asked.ask), (RedisFault::NotPrimary, there), "{words}");
        assert!(connector.topology().last_known(slot).is_err(), "for this call alone: {words}");
    }
    // Of one server, and behind Sentinels, there is no slot to move.
    for url in ["redis://127.0.0.1:1", "redis+sentinel://127.0.0.1:1/main"] {
        let connector = Connector::new(ConnectionSettings::new(url)).unwrap();
        let asked = connector.interpret(&from, &to(ServerErrorKind::Ask, "1 10.0.0.1:7"));
        assert_eq!((asked.fault, asked.ask), (RedisFault::NotPrimary, None), "{url}");
    }
}

/// The connection of the sessions, which all calls to a server share.
#[cfg(feature = "sessions")]
#[test]
fn after_a_complete_answer_the_shared_connection_is_used_again() {
    let one = Connector::new(ConnectionSettings::new("redis://127.0.0.1:1")).unwrap();
    for (fault, of_one, of_a_cluster) in [
        (RedisFault::Permission, Reuse::WhileNew, Reuse::WhileNew),
        (RedisFault::NotPrimary, Reuse::No, Reuse::Yes),
        (RedisFault::Moving, Reuse::No, Reuse::Yes),
        (RedisFault::CutOff, Reuse::No, Reuse::No),
        (RedisFault::Timeout, Reuse::No, Reuse::No),
        (RedisFault::Answer, Reuse::No, Reuse::No),
        (RedisFault::Refused, Reuse::No, Reuse::No),
        (RedisFault::Login, Reuse::No, Reuse::No),
    ] {
        assert_eq!(one.reuse_after(fault), of_one, "{fault:?}");
        assert_eq!(cluster().reuse_after(fault), of_a_cluster, "{fault:?}");
    }
}
