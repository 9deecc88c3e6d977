//! Tests of `web::tower::grpc`.

use super::*;

#[test]
fn calls_are_told_by_their_media_type() {
    for (text, expected) in [
        ("application/grpc", Some("application/grpc")),
        ("application/grpc+proto", Some("application/grpc")),
        ("Application/gRPC;charset=utf-8", Some("application/grpc")),
        ("application/grpc-web", Some("application/grpc-web")),
        ("application/grpc-web+proto", Some("application/grpc-web")),
        ("application/grpc-web-text+proto", Some("application/grpc-web-text")),
        ("application/grpcx", None),
        ("application/grp", None),
        ("application/json", None),
        ("", None),
    ] {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(text))]);
        assert_eq!(media_type(&headers), expected, "{text}");
    }
    assert_eq!(media_type(&HeaderMap::new()), None);
}

#[test]
fn nothing_is_open_by_default_and_paths_are_whole() {
    let all = OpenCalls { health: true, reflection: true };
    for path in HEALTH.into_iter().chain(REFLECTION) {
        assert!(all.include(path) && !OpenCalls::default().include(path), "{path}");
        let other = format!("{path}/../../example.Greeter/Hello");
        assert!(!all.include(&other) && !all.include(&path[1..]));
    }
    let health = OpenCalls { health: true, ..OpenCalls::default() };
    assert!(health.include(HEALTH[0]) && !health.include(REFLECTION[0]));
    assert!(!all.include("/grpc.health.v1.Health/"));
}
