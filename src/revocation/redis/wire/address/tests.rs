//! URLs that can be used, and those that cannot.

use super::*;

fn servers(url: &str) -> String {
    format!("{:?}", RedisUrl::parse(url).unwrap().servers)
}

#[test]
fn every_part_of_the_url_counts() {
    let url = RedisUrl::parse("rediss://app:p%40ss%C3%A9@cache.example.com:6380/3").unwrap();
    assert_eq!(url.servers, [RedisAddress::new("cache.example.com", 6380)]);
    assert!(url.tls && !url.servers[0].is_loopback());
    assert_eq!(url.deployment, Deployment::OneAddress);
    assert_eq!(url.login.username(), Some("app"));
    assert_eq!(url.login.password(), Some("p@ssé"));
    assert_eq!(url.login.db(), 3);
    assert_eq!(format!("{:?}", url.servers[0]), "cache.example.com:6380");
}

#[test]
fn what_is_left_out_has_a_default() {
    let url = RedisUrl::parse("redis://:secret@[::1]").unwrap();
    assert_eq!(url.servers, [RedisAddress::new("::1", 6379)]);
    assert_eq!((url.login.username(), url.login.db()), (None, 0));
    assert!(!url.tls && url.servers[0].is_loopback());
    assert!(RedisUrl::parse("valkey://127.0.0.1:7000/").unwrap().servers[0].is_loopback());
    assert!(!RedisUrl::parse("redis://localhost.example.com").unwrap().servers[0].is_loopback());
}

#[test]
fn a_cluster_and_sentinels_have_several_hosts() {
    let url = RedisUrl::parse("rediss+cluster://app:a%2Cb@one:7000,two,[::1]:7002").unwrap();
    assert_eq!(format!("{:?}", url.servers), "[one:7000, two:6379, ::1:7002]");
    assert_eq!((&url.deployment, url.tls), (&Deployment::Cluster, true));
    assert_eq!((url.login.username(), url.login.password()), (Some("app"), Some("a,b")));
    assert_eq!(servers("valkeys+cluster://one/0"), "[one:6379]");
    let url = RedisUrl::parse("redis+sentinel://:hush@127.0.0.1,localhost:7/my%20main/2").unwrap();
    assert_eq!(format!("{:?}", url.servers), "[127.0.0.1:26379, localhost:7]");
    assert_eq!(url.deployment, Deployment::Sentinel("my main".to_owned()));
    assert_eq!((url.login.password(), url.login.db(), url.tls), (Some("hush"), 2, false));
}

#[test]
fn an_address_that_cannot_be_used_is_refused_and_not_shown() {
    for (url, reason) in [
        ("cache:6379:hush", "it must begin with redis:// or rediss://"),
        ("", "it is not an absolute URL, such as https://auth.example.com"),
        ("http://hush@cache", "it must begin with redis:// or rediss://"),
        ("rediss+hush://cache", "it must begin with redis:// or rediss://"),
        ("http+cluster://hush@cache", "it must begin with redis:// or rediss://"),
        ("rediss://u:hush@cache/#insecure", "it must end after the database number"),
        ("rediss://u:hush@cache?protocol=resp3", "it must end after the database number"),
        ("rediss+cluster://u:hush@one,two?a=b", "it must end after the database number"),
        ("redis:///0", "it names no host"),
        ("rediss+cluster://hush@one,", "it names no host"),
        ("redis://u:hush@cache/zero", "what follows the host must be a database number"),
        ("redis+sentinel://u:hush@one/main/x", "what follows the host must be a database number"),
        ("redis://u:%ffhush@c", "user name and password must be UTF-8, percent-encoded"),
        ("rediss+cluster://u:hush@one,two/1", "a cluster has no database but 0"),
        (
            "rediss+sentinel://u:hush@one,two",
            "the name of the primary must follow the hosts, as in \
             rediss+sentinel://one.example.com,two.example.com/main",
        ),
    ] {
        let error = RedisUrl::parse(url).map(|url| url.servers).unwrap_err();
        assert_eq!(error.to_string(), format!("{SETTING} is not a usable address: {reason}"));
        assert!(!error.to_string().contains("hush"));
    }
}
