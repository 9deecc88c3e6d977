//! One bit of a token is another: no such token is accepted.

use crate::forge::{Forge, Service};
use crate::row::verifier;
use crate::world::world;

#[tokio::test]
async fn no_bit_can_be_another() {
    for service in Service::ALL {
        let server = world().serve(service).await;
        let verifier = verifier(service, &server).build().unwrap();
        let good = Forge::good(service).token();
        verifier.verify(&good).await.unwrap();
        let mut refused = 0;
        for at in 0..good.len() {
            for bit in 0..8 {
                let mut bytes = good.clone().into_bytes();
                bytes[at] ^= 1 << bit;
                // A header field that is no text is no token: tests/alb/requests.rs.
                let Ok(token) = String::from_utf8(bytes) else { continue };
                let verdict = verifier.verify(&token).await;
                assert!(verdict.is_err(), "{service:?}: bit {bit} of character {at}");
                refused += 1;
            }
        }
        assert_eq!(refused, 7 * good.len());
        verifier.verify(&good).await.unwrap();
        // One key was asked for by tokens whose key id is another UUID: as often as the budget allows.
        let requests = server.received_requests().await.unwrap().len();
        assert!((2..500).contains(&requests), "{requests} requests");
    }
}
