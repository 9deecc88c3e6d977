# Authlib, with joserfc for the tokens. AUTHLIB_INSECURE_TRANSPORT allows it http.
import os
import re
from html import unescape
from urllib.parse import parse_qs, urljoin, urlsplit

import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc6749.errors import MismatchingStateException
from authlib.oidc.core import CodeIDToken
from joserfc import jwk, jwt
from joserfc.errors import BadSignatureError

setting = os.environ
endpoint, pool, client_id = setting["ENDPOINT"], setting["POOL_ID"], setting["CLIENT_ID"]
username, password = setting["USER_NAME"], setting["USER_PASSWORD"]
callback = setting["REDIRECT_URI"]
issuer = f"{endpoint}/{pool}"


def story(name):
    print("ok", name, flush=True)


def refused(error, operation, *arguments, **named):
    try:
        operation(*arguments, **named)
    except (OAuthError, MismatchingStateException) as refusal:
        assert refusal.error == error, refusal
        return
    raise AssertionError(f"not refused with {error}")


def answer_page(browser, url):
    page = browser.get(url)
    form = re.search(r'<form method="post" action="([^"]+)"', page.text)[1]
    hidden = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
    fields = {name: unescape(value) for name, value in hidden}
    fields |= {"username": username, "password": password}
    target = urljoin(page.url, unescape(form))
    answer = browser.post(target, data=fields, allow_redirects=False)
    assert answer.status_code == 302, answer.status_code
    return answer.headers["location"]


metadata = requests.get(f"{issuer}/.well-known/openid-configuration").json()
assert metadata["issuer"] == issuer
keys = jwk.KeySet.import_key_set(requests.get(metadata["jwks_uri"]).json())
verifier = "x" * 64


def session(client=client_id, secret=None, method="none"):
    return OAuth2Session(
        client, secret, scope="openid email profile", redirect_uri=callback,
        code_challenge_method="S256", token_endpoint_auth_method=method,
        revocation_endpoint_auth_method=method)


def code(app, nonce):
    url, state = app.create_authorization_url(
        metadata["authorization_endpoint"], code_verifier=verifier, nonce=nonce)
    assert parse_qs(urlsplit(url).query)["code_challenge_method"] == ["S256"]
    return answer_page(requests.Session(), url), state


def sign_in(app, nonce):
    location, state = code(app, nonce)
    return app.fetch_token(metadata["token_endpoint"], authorization_response=location,
                           state=state, code_verifier=verifier)


def id_claims(tokens, nonce, client=client_id):
    signed = jwt.decode(tokens["id_token"], keys, algorithms=["RS256"])
    options = {"iss": {"essential": True, "value": issuer},
               "aud": {"essential": True, "value": client}}
    parameters = {"nonce": nonce, "client_id": client, "access_token": tokens["access_token"]}
    claims = CodeIDToken(signed.claims, signed.header, options, parameters)
    claims.validate()
    assert "at_hash" in claims
    return claims


app = session()
tokens = sign_in(app, "n1")
assert tokens["token_type"] == "Bearer" and tokens["expires_in"] == 3600
story("signs in through the login page with PKCE and state")
claims = id_claims(tokens, "n1")
assert claims["cognito:username"] == username
story("verifies the ID token: signature, nonce, at_hash, audience, issuer")
head, payload, signature = tokens["id_token"].split(".")
try:
    jwt.decode(".".join([head, payload, ("B" if signature[0] == "A" else "A") + signature[1:]]), keys)
except BadSignatureError:
    story("refuses a tampered ID token")

user = app.get(metadata["userinfo_endpoint"])
assert user.status_code == 200
assert user.json() == {"sub": claims["sub"], "username": username, "email": "alice@example.com",
                       "email_verified": "true", "custom:tenant": "acme"}, user.json()
story("fetches the user info")

refreshed = app.refresh_token(metadata["token_endpoint"])
assert refreshed["access_token"] != tokens["access_token"]
assert refreshed["refresh_token"] == tokens["refresh_token"]
story("refreshes, and keeps the refresh token that did not come again")

location, state = code(app, "n2")
fetch = {"authorization_response": location, "code_verifier": verifier}
refused("mismatching_state", session().fetch_token, metadata["token_endpoint"], state="another",
        **fetch)
story("refuses a callback with another state")
refused("invalid_grant", session().fetch_token, metadata["token_endpoint"], state=state,
        **(fetch | {"code_verifier": "y" * 64}))
story("is refused with another verifier")

answer = app.revoke_token(metadata["revocation_endpoint"], token=tokens["refresh_token"])
assert (answer.status_code, answer.content) == (200, b""), answer
refused("invalid_grant", app.refresh_token, metadata["token_endpoint"],
        refresh_token=tokens["refresh_token"])
dead = session()
dead.token = refreshed
assert dead.get(metadata["userinfo_endpoint"]).status_code == 401
story("revokes the refresh token: no refresh, no user info any more")

confidential, secret = setting["CONFIDENTIAL_ID"], setting["CONFIDENTIAL_SECRET"]
for method in ("client_secret_basic", "client_secret_post"):
    app = session(confidential, secret, method)
    tokens = sign_in(app, "n3")
    id_claims(tokens, "n3", confidential)
    app.refresh_token(metadata["token_endpoint"])
    story(f"signs in and refreshes with {method}")
refused("invalid_client", sign_in, session(confidential, "wrong", "client_secret_basic"), "n4")
story("is refused with a wrong secret")

machine = OAuth2Session(setting["MACHINE_ID"], setting["MACHINE_SECRET"], scope="api/read")
granted = machine.fetch_token(metadata["token_endpoint"], grant_type="client_credentials")
access = jwt.decode(granted["access_token"], keys, algorithms=["RS256"]).claims
assert access["scope"] == "api/read" and access["sub"] == access["client_id"]
story("gets a token for itself")
