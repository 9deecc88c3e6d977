//! What goes over a connection, and which answers belong to what.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;
use crate::revocation::redis::wire::address::RedisAddress;
use crate::revocation::redis::wire::connect::Connector;
use crate::revocation::redis::wire::settings::ConnectionSettings;

#[tokio::test]
async fn each_command_for_a_slot_that_is_moving_follows_asking() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let ping = |number| format!("*1\r\n$6\r\nASKING\r\n*2\r\n$4\r\nPING\r\n$1\r\n{number}\r\n");
        let expected = [1, 2, 3].map(ping).concat();
        let mut said = vec![0; expected.len()];
        stream.read_exact(&mut said).await.unwrap();
        assert_eq!(String::from_utf8(said).unwrap(), expected);
        stream.write_all(b"+OK\r\n:1\r\n+OK\r\n:2\r\n+OK\r\n:3\r\n").await.unwrap();
    });
    let connector = Connector::new(ConnectionSettings::new("redis://127.0.0.1")).unwrap();
    let mut connection = connector.open(&RedisAddress::new("127.0.0.1", port)).await.unwrap();
    let mut commands = redis::pipe();
    for number in 1..=3 {
        commands.cmd("PING").arg(number);
    }
    let answers = send_all(&mut connection, true, &commands).await.unwrap();
    assert_eq!(answers, [1, 2, 3].map(Value::Int));
    server.await.unwrap();
}
