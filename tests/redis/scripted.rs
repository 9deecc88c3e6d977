//! A server that answers each command as a test has it.

use std::future::Future;
use std::sync::Arc;

use tokio::io::{
    AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader,
};
use tokio::net::TcpListener;

/// A port, and what listens at it.
pub async fn bind() -> (u16, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    (listener.local_addr().unwrap().port(), listener)
}

/// Answers the commands of a connection one after the other; an empty answer is none.
pub fn serve<A: Future<Output = String> + Send>(
    listener: TcpListener,
    answer: impl Fn(Vec<String>) -> A + Send + Sync + 'static,
) {
    let answer = Arc::new(answer);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let answer = Arc::clone(&answer);
            tokio::spawn(async move {
                let (reads, mut writes) = stream.into_split();
                let mut reads = BufReader::new(reads);
                while let Some(words) = command(&mut reads).await {
                    let answer = answer(words).await;
                    if writes.write_all(answer.as_bytes()).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
}

/// The answer to `CLUSTER SLOTS`: this server has all of them.
pub fn slots(port: u16) -> String {
    format!("*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n$9\r\n127.0.0.1\r\n:{port}\r\n")
}

/// A list of texts.
#[allow(dead_code, reason = "not every test has one")]
pub fn list(texts: &[&str]) -> String {
    let bulk = |text: &&str| format!("${}\r\n{text}\r\n", text.len());
    format!("*{}\r\n{}", texts.len(), texts.iter().map(bulk).collect::<String>())
}

async fn command(from: &mut (impl AsyncBufRead + Unpin)) -> Option<Vec<String>> {
    let mut words = Vec::new();
    for _ in 0..number(from, '*').await? {
        let length = number(from, '$').await?;
        let mut word = vec![0; length + 2];
        from.read_exact(&mut word).await.ok()?;
        words.push(String::from_utf8_lossy(&word[..length]).into_owned());
    }
    Some(words)
}

async fn number(from: &mut (impl AsyncBufRead + Unpin), mark: char) -> Option<usize> {
    let mut line = String::new();
    from.read_line(&mut line).await.ok()?;
    line.trim_end().strip_prefix(mark)?.parse().ok()
}
