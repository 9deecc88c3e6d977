//! What a client needs for which addresses.

use super::*;

fn url(text: &str) -> Url {
    text.parse().unwrap()
}

fn roots(addresses: &[&str], proxy: Option<&str>) -> Roots {
    let transport = Transport {
        // The system's are not needed then, so that this holds on a machine without any.
        root_certificates: vec![
            include_bytes!("../../tests/identity_provider_errors/root.pem").to_vec(),
        ],
        proxy: proxy.map(url),
        ..Transport::default()
    };
    let addresses: Vec<_> = addresses.iter().map(|address| url(address)).collect();
    transport.client(&addresses).unwrap().roots
}

/// Reading the system's root certificates is most of what a client takes to set up.
#[test]
fn the_systems_root_certificates_are_read_where_an_address_is_https() {
    let (here, there) = ("http://127.0.0.1:1", "https://api.example");
    assert!(roots(&[here, here], None) == Roots::Added);
    assert!(roots(&[], None) == Roots::Added);
    assert!(roots(&[here, there], None) == Roots::System);
    assert!(roots(&[there], Some("http://proxy.example")) == Roots::System);
    assert!(roots(&[here], Some("https://localhost")) == Roots::System);
}

#[test]
fn an_error_of_the_set_up_keeps_its_causes() {
    let begin = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let transport = Transport { root_certificates: vec![begin.into()], ..Transport::default() };
    let Err(ConfigError::HttpClient { reason }) = transport.client(&[url("https://a.example")])
    else {
        panic!("it is no certificate");
    };
    let (what, why) = reason.split_once(": ").expect("a cause follows");
    assert!(what == "builder error" && !why.is_empty(), "{reason}");
}

/// The HTTP client takes a text with no certificate in it for none, and says nothing.
#[test]
fn a_root_certificate_has_a_line_that_begins_one() {
    let begin = "-----BEGIN CERTIFICATE-----";
    let check = |pem: &str| {
        Transport { root_certificates: vec![pem.into()], ..Transport::default() }.check(&[])
    };
    let (dashes, lower) = ("-".repeat(begin.len()), begin.to_lowercase());
    let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    let (indented, marked) = (format!(" {begin}\nAAAA\n"), format!("\u{feff}{begin}\nAAAA\n"));
    let none = ["", "hello", &begin[1..], &dashes, &lower, key, &key.repeat(9)];
    for pem in none.into_iter().chain([&*indented, &marked]) {
        let error = check(pem).expect_err(pem);
        let reason = ValueProblem::NoCertificate;
        assert_eq!(error, ConfigError::Value { setting: "the root certificate", reason }, "{pem}");
    }
    for pem in [begin, &format!("Issuer: a\r{begin}\r\nAAAA\n"), &format!("{key}{begin}")] {
        check(pem).expect(pem);
    }
}

/// A label of more than 63 characters is in no DNS, so that no request is sent.
#[tokio::test]
async fn a_host_that_has_no_address_is_told_apart_from_one_that_is_away() {
    let client = Transport::default().client(&[]).unwrap();
    for (host, how) in [
        (format!("{}.example", "a".repeat(64)), Unreachable::HostNotFound),
        ("127.0.0.1:1".to_owned(), Unreachable::Connect),
    ] {
        let request = client.get(url(&format!("http://{host}/")));
        let answer = client.send(request, CONNECT_TIMEOUT, Delivery::AtMostOnce).await;
        assert_eq!(answer.err(), Some(how), "{host}");
    }
}

/// Cognito's name may well be known: it is the proxy's that was looked up.
#[tokio::test]
async fn a_proxy_that_has_no_address_is_a_proxy_that_is_away() {
    for host in [format!("{}.example", "a".repeat(64)), "127.0.0.1:1".to_owned()] {
        let proxy = Some(url(&format!("http://{host}")));
        let client = Transport { proxy, ..Transport::default() }.client(&[]).unwrap();
        let request = client.get(url("http://cognito.example/"));
        let answer = client.send(request, CONNECT_TIMEOUT, Delivery::AtMostOnce).await;
        assert_eq!(answer.err(), Some(Unreachable::Proxy), "{host}");
    }
}

#[tokio::test]
async fn a_body_of_exactly_the_limit_is_read_and_a_longer_one_up_to_it() {
    for (length, is_read) in [(0, true), (99, true), (100, true), (101, false), (500, false)] {
        let response = reqwest::Response::from(http::Response::new(vec![b'x'; length]));
        let read = read_body(response, 100).await;
        assert_eq!(read.is_ok(), is_read, "{length}");
        let body = read.unwrap_or_else(|(_, beginning)| beginning);
        assert_eq!(body, vec![b'x'; length.min(100)]);
    }
}
