//! Tests of `revocation::redis::wire::fault`.

use redis::ServerErrorKind;

use super::*;

#[test]
fn every_fault_has_a_word_and_a_text_of_its_own() {
    let faults = [
        RedisFault::Connect,
        RedisFault::Tls,
        RedisFault::NoRootCertificates,
        RedisFault::Login,
        RedisFault::Permission,
        RedisFault::NotPrimary,
        RedisFault::Moving,
        RedisFault::Unencrypted,
        RedisFault::Replicas,
        RedisFault::Refused,
        RedisFault::Timeout,
        RedisFault::CutOff,
        RedisFault::Answer,
        RedisFault::DataLost,
        RedisFault::Gap,
        RedisFault::Slow,
        RedisFault::Stopped,
        RedisFault::Credentials,
        RedisFault::NotFilled,
    ];
    let codes: std::collections::HashSet<_> = faults.iter().map(|f| f.code()).collect();
    let texts: std::collections::HashSet<_> =
        faults.iter().map(|f| RevocationError::from(*f).reason()).collect();
    assert_eq!((codes.len(), texts.len()), (faults.len(), faults.len()));
}

/// As the server says it, and as a script of Redis 6 does.
#[test]
fn who_is_not_the_primary_is_told_from_who_refuses() {
    let own = |kind| RedisError::from((kind, "an error"));
    let plain = |kind| own(ErrorKind::Server(kind));
    let said = |code: &str| redis::make_extension_error(code.to_owned(), None);
    let script = |words: &str| {
        let detail = format!("Error running script (call to f_0): @user_script:8: {words}");
        let kind = ErrorKind::Server(ServerErrorKind::ResponseError);
        RedisError::from((kind, "an error", detail))
    };
    let replica = script("-READONLY You can't write against a read only replica.");
    let lacking = script("The user executing the script can't run this command or subcommand");
    for (error, fault) in [
        (plain(ServerErrorKind::ReadOnly), RedisFault::NotPrimary),
        (plain(ServerErrorKind::Moved), RedisFault::NotPrimary),
        (plain(ServerErrorKind::Ask), RedisFault::NotPrimary),
        (plain(ServerErrorKind::MasterDown), RedisFault::NotPrimary),
        (plain(ServerErrorKind::TryAgain), RedisFault::Moving),
        (plain(ServerErrorKind::ClusterDown), RedisFault::NotPrimary),
        (replica, RedisFault::NotPrimary),
        (lacking, RedisFault::Permission),
        (plain(ServerErrorKind::NoPerm), RedisFault::Permission),
        (plain(ServerErrorKind::BusyLoading), RedisFault::Refused),
        (plain(ServerErrorKind::ResponseError), RedisFault::Refused),
        (script("-OOM command not allowed"), RedisFault::Refused),
        (said("NOAUTH"), RedisFault::Login),
        (said("WRONGPASS"), RedisFault::Login),
        (said("NOPERM"), RedisFault::Permission),
        (said("UNBLOCKED"), RedisFault::NotPrimary),
        (said("NOREPLICAS"), RedisFault::Refused),
        (own(ErrorKind::AuthenticationFailed), RedisFault::Login),
        (own(ErrorKind::Io), RedisFault::CutOff),
        (std::io::Error::from(std::io::ErrorKind::BrokenPipe).into(), RedisFault::CutOff),
        (own(ErrorKind::Parse), RedisFault::Answer),
        (own(ErrorKind::UnexpectedReturnType), RedisFault::Answer),
        (own(ErrorKind::Client), RedisFault::Refused),
    ] {
        assert_eq!(refused(&error), fault, "{error}");
    }
}
