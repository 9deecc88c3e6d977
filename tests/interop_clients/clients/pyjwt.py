# PyJWT, with its own client of JWKS addresses.
import json
import os

import jwt
from jwt import PyJWKClient

setting = os.environ
issuer = f"{setting['ENDPOINT']}/{setting['POOL_ID']}"
client_id = setting["CLIENT_ID"]
tokens = json.loads(setting["TOKENS"])
keys = PyJWKClient(f"{issuer}/.well-known/jwks.json")


def story(name):
    print("ok", name, flush=True)


def verify(token, use, client=client_id):
    """As PyJWT's documentation has it; `token_use` and `client_id` are Cognito's own, by hand."""
    key = keys.get_signing_key_from_jwt(token)
    audience = client if use == "id" else None
    claims = jwt.decode(token, key, algorithms=["RS256"], issuer=issuer, audience=audience,
                        options={"require": ["exp", "iat", "iss", "sub"]})
    if claims["token_use"] != use:
        raise ValueError("token_use")
    if use == "access" and claims["client_id"] != client:
        raise ValueError("client_id")
    return claims


def refused(kind, name, use="access"):
    try:
        verify(tokens[name], use)
    except kind as error:
        assert type(error) is kind, error
        return
    raise AssertionError(f"{name} was accepted")


assert verify(tokens["access"], "access")["username"] == setting["USER_NAME"]
story("accepts an access token, with the pool's JWKS address")
assert verify(tokens["id"], "id")["email"] == "alice@example.com"
story("accepts an ID token, which another key has signed")
assert verify(tokens["machine"], "access", setting["MACHINE_ID"])["scope"] == "api/read"
story("accepts a machine's token")

refused(ValueError, "access of another client")
refused(jwt.InvalidAudienceError, "id of another client", "id")
story("refuses tokens of another client")
refused(jwt.InvalidAudienceError, "id")
refused(jwt.MissingRequiredClaimError, "access", "id")
story("refuses tokens of the other use")
refused(jwt.InvalidSignatureError, "tampered")
refused(jwt.InvalidSignatureError, "signed by a stranger")
story("refuses tampered and forged tokens")
refused(jwt.ExpiredSignatureError, "expired")
story("refuses an expired token")
refused(jwt.InvalidIssuerError, "of another pool")
story("refuses a token of another pool")
refused(jwt.InvalidAlgorithmError, "without a signature")
story("refuses a token without a signature")
refused(jwt.PyJWKClientError, "of an unknown key")
story("refuses a token of an unknown key")
