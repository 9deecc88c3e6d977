//! Tests of `transport::tls`.

use super::*;
use tokio_rustls::rustls::RootCertStore;

#[test]
fn it_is_made_once_for_each_provider_and_again_after_a_failure() {
    let provider = || Arc::new(crypto::aws_lc_rs::default_provider());
    let (slot, chosen): (Shared, _) = (Mutex::new(None), provider());
    let mut made = 0;
    let mut get = |chosen: Option<&Arc<CryptoProvider>>, fails: bool| {
        shared(&slot, chosen.cloned(), |provider| {
            made += 1;
            if fails {
                return Err(Error::General("no roots".to_owned()));
            }
            Ok(ClientConfig::builder_with_provider(provider)
                .with_safe_default_protocol_versions()?
                .with_root_certificates(RootCertStore::empty())
                .with_no_client_auth())
        })
    };
    assert!(get(None, true).is_err());
    get(None, false).unwrap();
    get(None, true).unwrap();
    let config = get(Some(&chosen), false).unwrap();
    assert!(Arc::ptr_eq(config.crypto_provider(), &chosen));
    get(Some(&chosen), true).unwrap();
    assert!(get(Some(&provider()), true).is_err());
    assert_eq!(made, 4);
}
