//! A primary, its replica, and three Sentinels that watch them, on loopback.

use crate::server::Server;

pub struct Trio {
    pub primary: Server,
    pub replica: Server,
    pub sentinels: Vec<Server>,
}

impl Trio {
    /// `None` where there is no redis-server, said loudly. The Sentinels call the primary `main`.
    pub fn start() -> Option<Self> {
        let primary = Server::start(&["--repl-diskless-sync-delay", "0"])?;
        let replica = primary.replica(&[])?;
        let lines = [
            "sentinel resolve-hostnames no".to_owned(),
            format!("sentinel monitor main 127.0.0.1 {} 2", primary.port),
            "sentinel down-after-milliseconds main 1000".to_owned(),
            "sentinel failover-timeout main 5000".to_owned(),
        ];
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let sentinels: Option<Vec<_>> = (0..3).map(|_| Server::start_sentinel(&lines)).collect();
        Some(Self { primary, replica, sentinels: sentinels? })
    }

    pub fn url(&self) -> String {
        let hosts = self.sentinels.iter().map(|sentinel| format!("127.0.0.1:{}", sentinel.port));
        format!("redis+sentinel://{}/main", hosts.collect::<Vec<_>>().join(","))
    }

    /// Tells some of the Sentinels of another primary.
    pub fn name(&self, primary: &Server, sentinels: &[Server]) {
        let port = primary.port.to_string();
        for sentinel in sentinels {
            assert_eq!(sentinel.text(&["SENTINEL", "REMOVE", "main"]), "OK");
            let monitor = ["SENTINEL", "MONITOR", "main", "127.0.0.1", &port, "2"];
            assert_eq!(sentinel.text(&monitor), "OK");
        }
    }
}
