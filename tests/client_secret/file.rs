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

/// To open a pipe waits for the other end.
#[cfg(unix)]
#[tokio::test]
async fn what_is_not_a_regular_file_is_not_opened() {
    let (pool, folder) = (pool().await, Folder::new("secret-pipe"));
    let pipe = folder.0.join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let link = folder.0.join("link");
    std::os::unix::fs::symlink(&pipe, &link).unwrap();
    for path in [pipe, link, folder.0.clone(), PathBuf::from("/dev/zero")] {
        let client = CognitoClient::builder(&pool.user_pool(), CLIENT)
            .client_secret_from(ClientSecretFile::new(&path))
            .build()
            .unwrap();
        let error = client.client_credentials(&[]).await.unwrap_err();
        let reason = "it is not a regular file";
        assert_eq!(error, AuthError::ClientSecretUnavailable { reason }, "{path:?}");
    }
    // A volume of Kubernetes: links, which are replaced.
    let (file, link) = (folder.0.join("file"), folder.0.join("secret"));
    std::fs::write(&file, FIRST).unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let client = CognitoClient::builder(&pool.user_pool(), CLIENT)
        .client_secret_from(ClientSecretFile::new(&link))
        .build()
        .unwrap();
    client.client_credentials(&["orders/read"]).await.unwrap();
}
