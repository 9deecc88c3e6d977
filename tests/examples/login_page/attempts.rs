//! The limit of attempts by address.

use super::Example;

const HEADER: &str = "x-real-ip";

/// Attempts by these addresses in turns, refused here and not by the pool, until one has to wait. How many there
/// were before.
async fn attempts(example: &Example, addresses: &[&str]) -> usize {
    let lines: Vec<_> = addresses.iter().map(|address| vec![*address]).collect();
    attempts_at(example, ("sign-in", 422), &lines).await
}

/// With these lines of the header in turns, at a form that is refused with this status.
async fn attempts_at(
    example: &Example,
    (path, refused): (&str, u16),
    addresses: &[Vec<&str>],
) -> usize {
    let home = &example.home;
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    for (attempts, lines) in addresses.iter().cycle().take(1_000).enumerate() {
        let form = client.post(format!("{home}{path}"));
        let form = form.header("origin", home.trim_end_matches('/'));
        let form = lines.iter().fold(form, |form, line| form.header(HEADER, *line));
        let form = form.header("content-type", "application/x-www-form-urlencoded");
        let response = form.body("username=a+b").send().await.unwrap();
        let wait = response.headers().get("retry-after").cloned();
        match response.status().as_u16() {
            status if status == refused => assert_eq!(wait, None),
            429 => {
                let wait: u64 = wait.unwrap().to_str().unwrap().parse().unwrap();
                assert!((1..=60).contains(&wait), "{wait}");
                return attempts;
            }
            status => panic!("{status}"),
        }
    }
    panic!("{addresses:?}: no limit");
}

/// As many as an address has in a minute. More only where the minute ends meanwhile, and never twice as many.
const LIMIT: std::ops::Range<usize> = 60..120;

#[tokio::test]
async fn an_address_has_sixty_attempts_a_minute() {
    let Some(program) = Example::named("login_page") else { return };
    let mut command = Example::command(&program);
    let example = Example::run(command.env("CLIENT_ADDRESS_HEADER", HEADER));
    for same in [
        ["203.0.113.7", "::ffff:203.0.113.7"],
        ["2001:db8:1:2::1", "2001:db8:1:2:3:4:5:6"],
        ["", "not an address"],
    ] {
        let counted = attempts(&example, &same).await;
        assert!(LIMIT.contains(&counted), "{same:?}: {counted}");
    }
    for others in [["203.0.113.8", "203.0.113.9"], ["2001:db8:1:3::1", "2001:db8:1:4::1"]] {
        let counted = attempts(&example, &others).await;
        assert!(counted >= 2 * LIMIT.start, "{others:?}: {counted}");
    }
}

/// Some proxies leave the line that the browser sent, and add theirs.
#[tokio::test]
async fn a_browser_gains_no_attempts_by_sending_the_header_itself() {
    let Some(program) = Example::named("login_page") else { return };
    let mut command = Example::command(&program);
    let example = Example::run(command.env("CLIENT_ADDRESS_HEADER", HEADER));
    let spoofed: Vec<_> = (1..=200).map(|byte| format!("198.51.100.{byte}")).collect();
    for is_first in [true, false] {
        let lines = spoofed.iter().map(|spoofed| match is_first {
            true => vec![spoofed, "203.0.113.7"],
            false => vec!["203.0.113.7", spoofed],
        });
        let counted = attempts_at(&example, ("sign-in", 422), &lines.collect::<Vec<_>>()).await;
        // Both have one count.
        assert!(counted < LIMIT.end, "{is_first}: {counted}");
    }
}

/// A stolen session guesses no password and no code by them.
#[tokio::test]
async fn the_forms_of_the_account_that_take_a_password_or_a_code_have_the_limit_too() {
    let Some(example) = Example::start_named("login_page") else { return };
    let paths = ["account/password", "account/authenticator-app/confirm"];
    for (path, least) in paths.into_iter().zip([LIMIT.start, 0]) {
        let counted = attempts_at(&example, (path, 401), &[vec!["203.0.113.7"]]).await;
        assert!((least..LIMIT.end).contains(&counted), "{path}: {counted}");
    }
}

/// Without the setting a browser cannot choose its address.
#[tokio::test]
async fn the_header_of_a_browser_counts_only_where_it_is_set() {
    let Some(example) = Example::start_named("login_page") else { return };
    let counted = attempts(&example, &["203.0.113.8", "203.0.113.9"]).await;
    assert!(LIMIT.contains(&counted), "{counted}");
}
