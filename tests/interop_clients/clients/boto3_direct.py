# boto3: every operation of direct sign-in, with the codes that GET /_local/outbox lists. Inputs and outputs
# go through botocore's own model of the API.
import base64
import hashlib
import hmac
import json
import os
import time

import boto3
import requests

client_id, password = os.environ["CLIENT_ID"], os.environ["USER_PASSWORD"]
endpoint = os.environ["AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER"]
cognito = boto3.client("cognito-idp")
other = "N3w-Password"


def story(name):
    print("ok", name, flush=True)


def refused(code, operation, **arguments):
    try:
        operation(**arguments)
    except cognito.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == code, error.response
        return
    raise AssertionError(f"not refused with {code}")


def outbox(at=endpoint):
    return requests.get(f"{at}/_local/outbox", timeout=10).json()


def last_code(at=endpoint):
    return outbox(at)[-1]["code"]


def totp(secret):
    counter = (int(time.time()) // 30).to_bytes(8, "big")
    mac = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    offset = mac[-1] & 15
    number = int.from_bytes(mac[offset:offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def start(at=cognito, flow="USER_PASSWORD_AUTH", **parameters):
    return at.initiate_auth(AuthFlow=flow, ClientId=client_id, AuthParameters=parameters)


def answer(challenge, username, at=cognito, **responses):
    return at.respond_to_auth_challenge(
        ClientId=client_id, ChallengeName=challenge["ChallengeName"], Session=challenge["Session"],
        ChallengeResponses={"USERNAME": username} | responses)


def tokens(output):
    assert "ChallengeName" not in output, output
    return output["AuthenticationResult"]


# Sign-up.
email = [{"Name": "email", "Value": "dave@example.com"}]
up = cognito.sign_up(ClientId=client_id, Username="dave", Password=password, UserAttributes=email)
assert up["UserConfirmed"] is False and up["UserSub"] and up["Session"]
assert up["CodeDeliveryDetails"] == {
    "Destination": "d***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}
refused("UsernameExistsException", cognito.sign_up,
        ClientId=client_id, Username="dave", Password=password)
refused("InvalidPasswordException", cognito.sign_up,
        ClientId=client_id, Username="erin", Password="Passw0rds")
refused("UserNotConfirmedException", start, USERNAME="dave", PASSWORD=password)
again = cognito.resend_confirmation_code(ClientId=client_id, Username="dave")
assert again["CodeDeliveryDetails"] == up["CodeDeliveryDetails"]
refused("CodeMismatchException", cognito.confirm_sign_up,
        ClientId=client_id, Username="dave", ConfirmationCode="x")
confirmed = cognito.confirm_sign_up(
    ClientId=client_id, Username="dave", ConfirmationCode=last_code(), Session=up["Session"])
story("signs up, gets another code, confirms")
tokens(cognito.initiate_auth(AuthFlow="USER_AUTH", ClientId=client_id,
                             AuthParameters={"USERNAME": "dave"}, Session=confirmed["Session"]))
story("signs in with the session of the confirmation")

# Passwords.
sent = cognito.forgot_password(ClientId=client_id, Username="dave")
assert sent["CodeDeliveryDetails"]["DeliveryMedium"] == "EMAIL"
cognito.confirm_forgot_password(
    ClientId=client_id, Username="dave", ConfirmationCode=last_code(), Password=other)
access = tokens(start(USERNAME="dave", PASSWORD=other))["AccessToken"]
story("resets a forgotten password")
refused("NotAuthorizedException", cognito.change_password,
        AccessToken=access, PreviousPassword="wrong", ProposedPassword=password)
cognito.change_password(AccessToken=access, PreviousPassword=other, ProposedPassword=password)
access = tokens(start(USERNAME="dave", PASSWORD=password))["AccessToken"]
story("changes the password")

# Attributes.
changed = cognito.update_user_attributes(
    AccessToken=access, UserAttributes=[{"Name": "email", "Value": "d@example.org"},
                                        {"Name": "name", "Value": "Dave"}])
assert [one["AttributeName"] for one in changed["CodeDeliveryDetailsList"]] == ["email"]
sent = cognito.get_user_attribute_verification_code(AccessToken=access, AttributeName="email")
assert sent["CodeDeliveryDetails"]["Destination"] == "d***@e***"
assert outbox()[-1]["destination"] == "d@example.org"
cognito.verify_user_attribute(AccessToken=access, AttributeName="email", Code=last_code())
cognito.delete_user_attributes(AccessToken=access, UserAttributeNames=["name"])
user = cognito.get_user(AccessToken=access)
named = {one["Name"]: one["Value"] for one in user["UserAttributes"]}
assert (named["email"], named["email_verified"]) == ("d@example.org", "true"), named
assert "name" not in named
story("changes, verifies and deletes attributes")

# Second factors.
secret = cognito.associate_software_token(AccessToken=access)["SecretCode"]
refused("EnableSoftwareTokenMFAException", cognito.verify_software_token,
        AccessToken=access, UserCode="000000" if totp(secret) != "000000" else "111111")
verified = cognito.verify_software_token(AccessToken=access, UserCode=totp(secret))
assert verified["Status"] == "SUCCESS"
cognito.set_user_mfa_preference(
    AccessToken=access, SoftwareTokenMfaSettings={"Enabled": True},
    EmailMfaSettings={"Enabled": True})
factors = cognito.get_user_auth_factors(AccessToken=access)
assert factors["ConfiguredUserAuthFactors"] == ["PASSWORD", "EMAIL_OTP"], factors
assert factors["UserMFASettingList"] == ["SOFTWARE_TOKEN_MFA", "EMAIL_OTP"], factors
story("sets up an authenticator app and prefers second factors")
given = start(USERNAME="dave", PASSWORD=password)
assert given["ChallengeName"] == "SELECT_MFA_TYPE"
choices = json.loads(given["ChallengeParameters"]["MFAS_CAN_CHOOSE"])
assert choices == ["SOFTWARE_TOKEN_MFA", "EMAIL_OTP"]
given = answer(given, "dave", ANSWER="SOFTWARE_TOKEN_MFA")
assert given["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
tokens(answer(given, "dave", SOFTWARE_TOKEN_MFA_CODE=totp(secret)))
story("chooses a second factor and signs in with the app's code")
given = answer(start(USERNAME="dave", PASSWORD=password), "dave", ANSWER="EMAIL_OTP")
assert given["ChallengeName"] == "EMAIL_OTP"
code = last_code()
wrong = code.translate(str.maketrans("0123456789", "1234567890"))
refused("CodeMismatchException", answer, challenge=given, username="dave", EMAIL_OTP_CODE=wrong)
tokens(answer(given, "dave", EMAIL_OTP_CODE=code))
story("signs in with a code by e-mail")
given = start(USERNAME="sms", PASSWORD=password)
assert given["ChallengeName"] == "SMS_MFA"
assert given["ChallengeParameters"]["CODE_DELIVERY_DESTINATION"] == "+*******0100"
tokens(answer(given, "sms", SMS_MFA_CODE=last_code()))
story("signs in with a code by SMS")

# Challenges.
given = start(USERNAME="invited", PASSWORD=password)
assert given["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
assert json.loads(given["ChallengeParameters"]["requiredAttributes"]) == []
tokens(answer(given, "invited", NEW_PASSWORD=other))
story("chooses a new password")
mfa_endpoint = os.environ["MFA_ENDPOINT"]
demanding = boto3.client("cognito-idp", endpoint_url=mfa_endpoint)
given = start(demanding, USERNAME="alice", PASSWORD=password)
assert json.loads(given["ChallengeParameters"]["MFAS_CAN_SETUP"]) == ["SOFTWARE_TOKEN_MFA"]
made = demanding.associate_software_token(Session=given["Session"])
done = demanding.verify_software_token(
    Session=made["Session"], UserCode=totp(made["SecretCode"]), FriendlyDeviceName="phone")
given["Session"] = done["Session"]
tokens(answer(given, "alice", demanding))
story("sets up an authenticator app within a sign-in")
given = start(flow="USER_AUTH", USERNAME="alice")
assert given["ChallengeName"] == "SELECT_CHALLENGE"
assert given["AvailableChallenges"] == ["PASSWORD_SRP", "PASSWORD", "EMAIL_OTP"]
given = answer(given, "alice", ANSWER="EMAIL_OTP")
tokens(answer(given, "alice", EMAIL_OTP_CODE=last_code()))
tokens(start(flow="USER_AUTH", USERNAME="alice", PREFERRED_CHALLENGE="PASSWORD", PASSWORD=password))
story("signs in by a factor of its choice")

# Devices. boto3 has no SRP: that a device proves itself is amazon-cognito-identity-js's to show.
tracking = boto3.client("cognito-idp", endpoint_url=os.environ["DEVICE_ENDPOINT"])
result = tokens(start(tracking, USERNAME="alice", PASSWORD=password))
device, of = result["NewDeviceMetadata"]["DeviceKey"], {"AccessToken": result["AccessToken"]}
verifier = {"PasswordVerifier": base64.b64encode(b"\0" + bytes([200] * 384)).decode(),
            "Salt": base64.b64encode(bytes([80] * 16)).decode()}
confirmed = tracking.confirm_device(
    DeviceKey=device, DeviceSecretVerifierConfig=verifier, DeviceName="phone", **of)
assert confirmed["UserConfirmationNecessary"] is False
shown = tracking.get_device(DeviceKey=device, **of)["Device"]
assert shown["DeviceKey"] == device and shown["DeviceCreateDate"].year >= 2026
tracking.update_device_status(DeviceKey=device, DeviceRememberedStatus="not_remembered", **of)
assert [one["DeviceKey"] for one in tracking.list_devices(**of)["Devices"]] == [device]
refresh = {"ClientId": client_id, "RefreshToken": result["RefreshToken"]}
refused("NotAuthorizedException", tracking.get_tokens_from_refresh_token, **refresh)
tracking.get_tokens_from_refresh_token(DeviceKey=device, **refresh)
tracking.forget_device(DeviceKey=device, **of)
assert tracking.list_devices(**of)["Devices"] == []
story("confirms, reads, lists and forgets a device")

# Passkeys. That one is registered and proved is a browser's to show.
options = cognito.start_web_authn_registration(AccessToken=access)["CredentialCreationOptions"]
assert options["rp"]["id"] == "localhost" and options["pubKeyCredParams"][0]["alg"] == -7
assert cognito.list_web_authn_credentials(AccessToken=access)["Credentials"] == []
refused("InvalidParameterException", cognito.complete_web_authn_registration,
        AccessToken=access, Credential={"id": "x"})
refused("ResourceNotFoundException", cognito.delete_web_authn_credential,
        AccessToken=access, CredentialId="x")
story("begins to register a passkey")

cognito.delete_user(AccessToken=access)
refused("NotAuthorizedException", start, USERNAME="dave", PASSWORD=password)
story("deletes the user")
