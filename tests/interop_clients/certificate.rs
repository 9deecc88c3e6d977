//! A certificate for 127.0.0.1, good for a day, and gone with the test.

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::example::skip;

pub struct Certificate {
    folder: PathBuf,
    pub key: PathBuf,
    pub certificate: PathBuf,
}

impl Certificate {
    /// `None` where there is no openssl, said loudly.
    pub fn made() -> Option<Self> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let (process, count) = (std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(format!("cognito-auth-clients-{process}-{count}"));
        std::fs::create_dir_all(&folder).unwrap();
        let (key, certificate) = (folder.join("key.pem"), folder.join("certificate.pem"));
        let made = Self { folder, key, certificate };
        let mut openssl = Command::new("openssl");
        openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]);
        openssl.args(["-nodes", "-days", "1", "-subj", "/CN=127.0.0.1"]);
        openssl.args(["-addext", "subjectAltName=IP:127.0.0.1"]);
        openssl.arg("-keyout").arg(&made.key).arg("-out").arg(&made.certificate);
        let Ok(output) = openssl.output() else {
            skip("openssl is not installed: apt-get install openssl");
            return None;
        };
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Some(made)
    }
}

impl Drop for Certificate {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
