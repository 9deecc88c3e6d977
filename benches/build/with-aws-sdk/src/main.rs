//! Prints the user of a token and signs it out: `with-aws-sdk REGION TOKEN`. The SDK verifies no token.

use aws_config::{BehaviorVersion, Region};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let [region, token]: [String; 2] =
        std::env::args().skip(1).collect::<Vec<_>>().try_into().map_err(|_| "REGION TOKEN")?;
    let config = aws_config::defaults(BehaviorVersion::latest()).region(Region::new(region));
    let client = aws_sdk_cognitoidentityprovider::Client::new(&config.no_credentials().load().await);
    let user = client.get_user().access_token(&token).send().await?;
    println!("{}", user.username());
    client.global_sign_out().access_token(&token).send().await?;
    Ok(())
}
