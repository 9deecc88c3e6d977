# boto3. AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER points it at the pool; that is all it is told.
import base64
import hashlib
import hmac
import os

import boto3

username, password = os.environ["USER_NAME"], os.environ["USER_PASSWORD"]
client_id = os.environ["CLIENT_ID"]
cognito = boto3.client("cognito-idp")


def story(name):
    print("ok", name, flush=True)


def refused(code, message, operation, **arguments):
    try:
        operation(**arguments)
    except cognito.exceptions.ClientError as error:
        assert type(error).__name__ in (code, "ClientError"), error
        answer = error.response
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400, answer
        assert (answer["Error"]["Code"], answer["Error"]["Message"]) == (code, message), answer
        return error
    raise AssertionError(f"not refused with {code}: {message}")


def sign_in(client=client_id, flow="USER_PASSWORD_AUTH", **parameters):
    parameters = {"USERNAME": username, "PASSWORD": password} | parameters
    return cognito.initiate_auth(AuthFlow=flow, ClientId=client, AuthParameters=parameters)


def secret_hash(client, secret):
    digest = hmac.new(secret.encode(), (username + client).encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


answer = sign_in()
tokens = answer["AuthenticationResult"]
assert sorted(tokens) == ["AccessToken", "ExpiresIn", "IdToken", "RefreshToken", "TokenType"]
assert (tokens["ExpiresIn"], tokens["TokenType"]) == (3600, "Bearer")
assert "ChallengeName" not in answer and answer["ChallengeParameters"] == {}
assert len(answer["ResponseMetadata"]["RequestId"]) == 36
story("signs in with name and password")

wrong = ("NotAuthorizedException", "Incorrect username or password.")
refused(*wrong, sign_in, PASSWORD="wrong")
story("is refused with a wrong password")
refused(*wrong, sign_in, USERNAME="nobody")
story("is told the same about a user who does not exist")
refused("InvalidParameterException", "CUSTOM_AUTH flow not enabled for this client",
        sign_in, flow="CUSTOM_AUTH")
story("is refused a flow that the client does not have")
missing = "User pool client 1unknown does not exist."
refused("ResourceNotFoundException", missing, sign_in, client="1unknown")
story("is refused as a client that does not exist")

confidential, secret = os.environ["CONFIDENTIAL_ID"], os.environ["CONFIDENTIAL_SECRET"]
sign_in(client=confidential, SECRET_HASH=secret_hash(confidential, secret))
refused("NotAuthorizedException",
        f"Client {confidential} is configured with secret but SECRET_HASH was not received",
        sign_in, client=confidential)
refused("NotAuthorizedException", f"Unable to verify secret hash for client {confidential}",
        sign_in, client=confidential, SECRET_HASH=secret_hash(confidential, "wrong"))
story("signs in with a secret hash, and not without the right one")

user = cognito.get_user(AccessToken=tokens["AccessToken"])
assert user["Username"] == username
attributes = {one["Name"]: one["Value"] for one in user["UserAttributes"]}
assert attributes.pop("sub")
assert attributes == {"email": "alice@example.com", "email_verified": "true",
                      "custom:tenant": "acme"}, attributes
story("reads the user")
refused("NotAuthorizedException", "Invalid Access Token",
        cognito.get_user, AccessToken=tokens["IdToken"])
story("is refused the user with an ID token")
head, payload, signature = tokens["AccessToken"].split(".")
tampered = ".".join([head, payload, ("B" if signature[0] == "A" else "A") + signature[1:]])
refused("NotAuthorizedException", "Could not verify signature for Access Token",
        cognito.get_user, AccessToken=tampered)
story("is refused the user with a tampered token")

refreshed = cognito.get_tokens_from_refresh_token(
    ClientId=client_id, RefreshToken=tokens["RefreshToken"])["AuthenticationResult"]
assert sorted(refreshed) == ["AccessToken", "ExpiresIn", "IdToken", "TokenType"], sorted(refreshed)
assert cognito.get_user(AccessToken=refreshed["AccessToken"])["Username"] == username
story("gets tokens from a refresh token")
again = sign_in(flow="REFRESH_TOKEN_AUTH", REFRESH_TOKEN=tokens["RefreshToken"])
assert sorted(again["AuthenticationResult"]) == sorted(refreshed)
story("refreshes through InitiateAuth")

# A second sign-in, to see which tokens die with the first one.
other = sign_in()["AuthenticationResult"]
refused("UnsupportedTokenTypeException", "Only refresh tokens can be revoked",
        cognito.revoke_token, ClientId=client_id, Token=tokens["AccessToken"])
story("is refused to revoke an access token")
cognito.revoke_token(ClientId=client_id, Token=tokens["RefreshToken"])
revoked = "Access Token has been revoked"
for dead in (tokens["AccessToken"], refreshed["AccessToken"]):
    refused("NotAuthorizedException", revoked, cognito.get_user, AccessToken=dead)
refused("NotAuthorizedException", "Refresh Token has been revoked",
        cognito.get_tokens_from_refresh_token,
        ClientId=client_id, RefreshToken=tokens["RefreshToken"])
assert cognito.get_user(AccessToken=other["AccessToken"])["Username"] == username
story("revokes a refresh token: the tokens of that sign-in are dead, others live")

third = sign_in()["AuthenticationResult"]
cognito.global_sign_out(AccessToken=other["AccessToken"])
for dead in (other["AccessToken"], third["AccessToken"]):
    refused("NotAuthorizedException", revoked, cognito.get_user, AccessToken=dead)
refused("NotAuthorizedException", revoked,
        cognito.global_sign_out, AccessToken=third["AccessToken"])
story("signs out globally: every token is dead")

rotating = boto3.client("cognito-idp", endpoint_url=os.environ["ROTATING_ENDPOINT"])
first = rotating.initiate_auth(
    AuthFlow="USER_PASSWORD_AUTH", ClientId=client_id,
    AuthParameters={"USERNAME": username, "PASSWORD": password})["AuthenticationResult"]
refresh = rotating.get_tokens_from_refresh_token
second = refresh(ClientId=client_id, RefreshToken=first["RefreshToken"])["AuthenticationResult"]
assert second["RefreshToken"] != first["RefreshToken"]
try:
    refresh(ClientId=client_id, RefreshToken=first["RefreshToken"])
except rotating.exceptions.RefreshTokenReuseException:
    pass
else:
    raise AssertionError("a rotated refresh token was taken")
refresh(ClientId=client_id, RefreshToken=second["RefreshToken"])
story("gets a new refresh token where they rotate, and is refused with the old one")

# The first answer here is TooManyRequestsException, by order; boto3 tries again by itself.
throttled = boto3.client("cognito-idp", endpoint_url=os.environ["THROTTLING_ENDPOINT"])
answer = throttled.initiate_auth(
    AuthFlow="USER_PASSWORD_AUTH", ClientId=client_id,
    AuthParameters={"USERNAME": username, "PASSWORD": password})
assert answer["ResponseMetadata"]["RetryAttempts"] == 1, answer["ResponseMetadata"]
story("tries again when it is throttled")
