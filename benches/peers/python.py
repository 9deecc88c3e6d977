"""Libraries of Python, run in turns with others by race.py: `python.py <folder>`."""

import base64
import json
import pathlib
import platform
import sys
import time
from importlib.metadata import version

import joserfc.jwt
import jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from joserfc.jwk import KeySet

folder = pathlib.Path(sys.argv[1])
token = (folder / "token").read_text()
jwks = json.loads((folder / "jwks.json").read_text())
signing_input, signature = token.rsplit(".", 1)
forged = signing_input + "." + "A" * 342
expected = jwt.decode(token, options={"verify_signature": False})


def allowed(claims):
    return (
        claims["client_id"] == expected["client_id"]
        and claims["token_use"] == "access"
        and "orders/read" in claims["scope"].split(" ")
        and any(group in ("admins", "owners") for group in claims["cognito:groups"])
    )


keys = jwt.PyJWKSet.from_dict(jwks)
key = keys[jwt.get_unverified_header(token)["kid"]].key


decoded = base64.urlsafe_b64decode(signature + "==")


def raw(token):
    if not token.endswith(signature):
        return False
    key.verify(decoded, signing_input.encode(), padding.PKCS1v15(), hashes.SHA256())
    return True


def pyjwt(token):
    key = keys[jwt.get_unverified_header(token)["kid"]]
    return allowed(jwt.decode(token, key, algorithms=["RS256"], issuer=expected["iss"]))


key_set = KeySet.import_key_set(jwks)
claims_registry = joserfc.jwt.JWTClaimsRegistry(iss={"essential": True, "value": expected["iss"]})


def joserfc_(token):
    decoded = joserfc.jwt.decode(token, key_set, algorithms=["RS256"])
    claims_registry.validate(decoded.claims)
    return allowed(decoded.claims)


contestants = [
    (f"signature alone (Python {platform.python_version()}, OpenSSL)", raw),
    (f"PyJWT {version('PyJWT')}", pyjwt),
    (f"joserfc {version('joserfc')}", joserfc_),
]


def accepts(operation, token):
    try:
        return operation(token)
    except Exception:
        return False


for name, operation in contestants:
    assert accepts(operation, token) and not accepts(operation, forged), name
    print(name)
print(flush=True)

batches = [1] * len(contestants)


def once(index):
    operation = contestants[index][1]
    start = time.perf_counter_ns()
    for _ in range(batches[index]):
        operation(token)
    return (time.perf_counter_ns() - start) / batches[index]


for line in sys.stdin:
    index, moment = map(int, line.split())
    each = once(index)
    while each * batches[index] < moment / 4:
        batches[index] = max(batches[index] * 2, int(moment / each / 2))
        each = once(index)
    print(each, flush=True)
