//! Tests of `idp::client_secret`.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use super::*;

#[tokio::test]
async fn a_read_that_hangs_takes_one_thread() {
    let file = ClientSecretFile::new("/run/secrets/cognito");
    let begun = Arc::new(AtomicUsize::new(0));
    let (answer, answers) = mpsc::channel();
    let answers = Arc::new(Mutex::new(answers));
    let join = |file: &ClientSecretFile| {
        let (begun, answers) = (begun.clone(), answers.clone());
        file.join(move |_| {
            begun.fetch_add(1, Ordering::SeqCst);
            answers.lock().unwrap().recv().unwrap()
        })
    };
    let mut all: Vec<_> = (0..100).map(|_| join(&file)).collect();
    all.push(join(&file.clone()));
    answer.send(Ok(ClientSecret::from("the-first"))).unwrap();
    for read in &mut all {
        let read = read.wait_for(Option::is_some).await.unwrap().clone();
        assert_eq!(read, Some(Ok(ClientSecret::from("the-first"))));
    }
    assert_eq!(begun.load(Ordering::SeqCst), 1);
    // It has ended, so that the next question reads anew.
    let mut next = join(&file);
    answer.send(Err("gone")).unwrap();
    assert_eq!(*next.wait_for(Option::is_some).await.unwrap(), Some(Err("gone")));
    assert_eq!(begun.load(Ordering::SeqCst), 2);
}
