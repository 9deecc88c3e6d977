# pycognito's SRP, through boto3: the arithmetic of another implementation, with a new user for each sign-in.
import os

import boto3
import requests
from pycognito.aws_srp import AWSSRP

cognito = boto3.client("cognito-idp")
pool_id, client_id = os.environ["POOL_ID"], os.environ["CLIENT_ID"]
endpoint = os.environ["AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER"]
username, password = os.environ["USER_NAME"], os.environ["USER_PASSWORD"]


def story(name):
    print("ok", name, flush=True)


def sign_in(name=username, secret=password, **more):
    srp = AWSSRP(username=name, password=secret, pool_id=pool_id, client=cognito, **more)
    return srp.authenticate_user()


assert sign_in(client_id=client_id)["AuthenticationResult"]["AccessToken"]
story("signs in by SRP")
for name, secret in ((username, "wrong"), ("unknown", password)):
    try:
        sign_in(name, secret, client_id=client_id)
    except cognito.exceptions.NotAuthorizedException as error:
        assert error.response["Error"]["Message"] == "Incorrect username or password."
    else:
        raise AssertionError(f"{name} signed in with {secret}")
story("is told the same after a wrong password and of a user who does not exist")
confidential, secret = os.environ["CONFIDENTIAL_ID"], os.environ["CONFIDENTIAL_SECRET"]
assert sign_in(client_id=confidential, client_secret=secret)["AuthenticationResult"]
story("signs in with a client secret")

# Each user has a salt of its own, and each sign-in its numbers: paddings that are rare come up.
for at in range(int(os.environ["SIGN_INS"])):
    name, secret = f"user{at}@example.com", f"Pässw0rd!{at}"
    attributes = [{"Name": "email", "Value": name}]
    cognito.sign_up(ClientId=client_id, Username=name, Password=secret, UserAttributes=attributes)
    code = requests.get(f"{endpoint}/_local/outbox", timeout=10).json()[-1]["code"]
    cognito.confirm_sign_up(ClientId=client_id, Username=name, ConfirmationCode=code)
    assert sign_in(name, secret, client_id=client_id)["AuthenticationResult"], name
story("signs in many users who signed up, each by SRP")
