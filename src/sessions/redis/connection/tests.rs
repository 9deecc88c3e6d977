//! How many connections are kept.

use super::*;
use crate::revocation::redis::ConnectionSettings;

#[test]
fn a_server_keeps_its_connection_until_there_are_more_than_a_cluster_has() {
    let settings = ConnectionSettings::new("redis+cluster://127.0.0.1:1");
    let connections = Connections::new(Connector::new(settings).unwrap());
    let server = |number| connections.server(&RedisAddress::new("127.0.0.1", number));
    let first = server(1);
    for number in 2..=1000 {
        server(number);
    }
    assert!(Arc::ptr_eq(&first, &server(1)));
    assert!(!Arc::ptr_eq(&first, &server(1001)));
    assert_eq!(connections.servers.lock().unwrap().len(), 1);
}
