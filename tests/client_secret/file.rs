//! The secret in a file.

use std::path::PathBuf;

use cognito_auth::{AuthError, ClientSecretFile, CognitoClient, IdentityProvider};

use crate::{CLIENT, FIRST, SECOND, pass, pool};

/// Removed at the end of the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("cognito-auth-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn it_is_read_when_it_is_needed_and_again_when_it_is_refused() {
    let (pool, folder) = (pool().await, Folder::new("secret-file"));
    let path = folder.0.join("secret");
    let client = || {
        CognitoClient::builder(&pool.user_pool(), CLIENT)
            .client_secret_from(ClientSecretFile::new(&path))
            .build()
            .unwrap()
    };
    for text in [format!("{FIRST}\n"), format!("{FIRST}\r\n"), FIRST.to_owned()] {
        std::fs::write(&path, text).unwrap();
        client().client_credentials(&["orders/read"]).await.unwrap();
    }
    std::fs::remove_file(&path).unwrap();
    let client = client();
    let ask = async || client.client_credentials(&["orders/read"]).await.map(drop);
    let reason = "the file cannot be opened";
    assert_eq!(ask().await, Err(AuthError::ClientSecretUnavailable { reason }));
    std::fs::write(&path, FIRST).unwrap();
    pass(2).await;
    ask().await.unwrap();
    pool.add_client_secret(SECOND);
    pool.delete_old_client_secret();
    std::fs::write(&path, format!("{SECOND}\n")).unwrap();
    ask().await.unwrap();
}

#[tokio::test]
async fn other_files_are_no_secret() {
    let (pool, folder) = (pool().await, Folder::new("no-secret-file"));
    let path = folder.0.join("secret");
    let long = "a".repeat(4097);
    for (content, code) in [
        (long.as_bytes(), "client_secret_unavailable"),
        (&long.as_bytes()[1..], "config"),
        (b"\xff\xfe", "client_secret_unavailable"),
        (b"", "config"),
        (b"\n", "config"),
        (b"secret\n\n", "config"),
    ] {
        std::fs::write(&path, content).unwrap();
        let client = CognitoClient::builder(&pool.user_pool(), CLIENT)
            .client_secret_from(ClientSecretFile::new(&path))
            .build()
            .unwrap();
        let error = client.client_credentials(&[]).await.unwrap_err();
        assert_eq!(error.code(), code, "{content:?}");
    }
}
