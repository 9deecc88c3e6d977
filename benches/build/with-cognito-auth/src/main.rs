//! Prints the user of a token and signs it out: `with-cognito-auth POOL CLIENT TOKEN`. The token is
//! verified first.

use cognito_auth::{AccessToken, CognitoClient, IdentityProvider, JwtVerifier, UserPool};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let [pool, client, token]: [String; 3] =
        std::env::args().skip(1).collect::<Vec<_>>().try_into().map_err(|_| "POOL CLIENT TOKEN")?;
    let pool = UserPool::new(&pool)?;
    let claims = JwtVerifier::new(&pool, &client)?.verify_access(&token).await?;
    let client = CognitoClient::new(&pool, client)?;
    let token = AccessToken::new(token);
    let user = client.user_info_with_token(&token).await?;
    println!("{} {:?}", claims.sub(), user.username);
    client.logout_with_token(&token).await?;
    Ok(())
}
