//! `protect_axum` and `protect_actix`: one app, twice.

use super::example::Example;

async fn ask(address: &str, authorization: Option<&str>) -> (u16, Option<String>, String) {
    let client = reqwest::Client::builder().tls_certs_only([]).no_proxy().build().unwrap();
    let mut request = client.get(address);
    if let Some(authorization) = authorization {
        request = request.header("authorization", authorization);
    }
    let response = request.send().await.unwrap();
    let challenge = response.headers().get("www-authenticate");
    let challenge = challenge.map(|value| value.to_str().unwrap().to_owned());
    (response.status().as_u16(), challenge, response.text().await.unwrap())
}

#[tokio::test]
async fn with_axum() {
    check("protect_axum").await;
}

#[tokio::test]
async fn with_actix() {
    check("protect_actix").await;
}

async fn check(name: &str) {
    let Some(example) = Example::start_named(name) else { return };
    let hint = example.said.iter().find_map(|line| line.strip_prefix("try: curl -i -H '")).unwrap();
    let (authorization, orders) = hint.split_once("' ").unwrap();
    let authorization = authorization.strip_prefix("Authorization: ").unwrap();
    let home = example.home.as_str();
    assert_eq!(orders, format!("{home}orders"));

    assert_eq!(ask(home, None).await, (200, None, "hello stranger\n".to_owned()));
    assert_eq!(ask(home, Some(authorization)).await, (200, None, "hello alice\n".to_owned()));
    let (status, challenge, _) = ask(home, Some("Bearer a.b.c")).await;
    assert_eq!((status, challenge.as_deref()), (401, Some(r#"Bearer error="invalid_token""#)));

    let (status, challenge, _) = ask(orders, None).await;
    assert_eq!((status, challenge.as_deref()), (401, Some("Bearer")));
    let (status, challenge, body) = ask(orders, Some(authorization)).await;
    assert_eq!((status, challenge), (200, None));
    assert!(body.starts_with("the orders of "), "{body}");
}
