//! Prints the user of a token and signs it out, with jsonwebtoken and reqwest: `by-hand REGION POOL CLIENT TOKEN`.
//! The token is verified first, with keys that are fetched once and never again: a service would have to cache
//! them, and to fetch them anew when Cognito rotates them.

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Claims {
    sub: String,
    client_id: String,
    token_use: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let [region, pool, client, token]: [String; 4] = std::env::args()
        .skip(1)
        .collect::<Vec<_>>()
        .try_into()
        .map_err(|_| "REGION POOL CLIENT TOKEN")?;
    let http = reqwest::Client::new();
    let endpoint = format!("https://cognito-idp.{region}.amazonaws.com/");
    let issuer = format!("{endpoint}{pool}");
    let keys: JwkSet = http
        .get(format!("{issuer}/.well-known/jwks.json"))
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?;
    let key_id = decode_header(&token)?.kid.ok_or("no kid")?;
    let key = DecodingKey::from_jwk(keys.find(&key_id).ok_or("unknown key")?)?;
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_issuer(&[issuer]);
    validation.validate_aud = false;
    let claims = decode::<Claims>(&token, &key, &validation)?.claims;
    if claims.client_id != client || claims.token_use != "access" {
        return Err("another client's token, or no access token".into());
    }
    let call = async |operation: &str| -> Result<String, reqwest::Error> {
        let request = http.post(&endpoint).header("content-type", "application/x-amz-json-1.1");
        let target = format!("AWSCognitoIdentityProviderService.{operation}");
        let request =
            request.header("x-amz-target", target).body(json!({"AccessToken": token}).to_string());
        request.send().await?.error_for_status()?.text().await
    };
    let user: Value = serde_json::from_str(&call("GetUser").await?)?;
    println!("{} {}", claims.sub, user["Username"]);
    call("GlobalSignOut").await?;
    Ok(())
}
