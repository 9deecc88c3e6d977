//! The example as a program of its own: what it says, and how it ends.

use std::io::{Read, Write};
use std::net::TcpStream;

use super::example::Example;

#[test]
fn the_program_says_what_is_missing_and_exits_2() {
    let Some(program) = Example::program() else { return };
    let output = Example::command(&program).env("COGNITO_CLIENT_ID", "abc").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "missing: COGNITO_USER_POOL_ID, COGNITO_DOMAIN. Set these too, or unset every COGNITO_… to \
         use a local user pool.\n"
    );
    let output = Example::command(&program).env("LISTEN_ADDR", "nowhere").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn sessions_that_are_shared_need_keys_that_are_shared() {
    let Some(program) = Example::program() else { return };
    let mut command = Example::command(&program);
    let output = command.env("REDIS_URL", "redis://127.0.0.1:1").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("missing: SESSION_KEYS. "), "{said}");
}

#[test]
fn an_address_that_no_sign_in_comes_back_to_is_named() {
    let Some(program) = Example::program() else { return };
    let mut command = Example::command(&program);
    let output = command.env("LISTEN_ADDR", "0.0.0.0:3000").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "LISTEN_ADDR is 0.0.0.0:3000, which is no loopback address: set it to one, such as \
         127.0.0.1:3000, or set COGNITO_REDIRECT_URI (and the user pool) for a server that others \
         reach\n"
    );
}

#[test]
fn the_program_starts_says_so_in_one_line_and_stops_on_ctrl_c() {
    let Some(mut example) = Example::start() else { return };
    assert!(example.said.iter().any(|line| line.contains("alice") && line.contains("Passw0rd!23")));
    assert_eq!(example.said.last().unwrap(), &format!("ready: {}", example.home));
    assert_eq!(example.interrupt().code(), Some(0));
}

#[test]
fn half_a_request_does_not_keep_the_program_from_stopping() {
    let Some(mut example) = Example::start() else { return };
    let url = url::Url::parse(&example.home).unwrap();
    let mut stream = TcpStream::connect((url.host_str().unwrap(), url.port().unwrap())).unwrap();
    // A whole request first: from its answer on, the server is certainly reading.
    stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    assert_ne!(stream.read(&mut [0; 1024]).unwrap(), 0);
    stream.write_all(b"POST /logout HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 100\r\n\r\nevery").unwrap();
    assert_eq!(example.interrupt().code(), Some(0));
}
