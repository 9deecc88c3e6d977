"""Triggers. Those of CUSTOM_AUTH ask one question, which may be answered wrongly once."""


def handler(event, context):
    request, response = event["request"], event["response"]
    match event["triggerSource"].split("_")[0]:
        case "DefineAuthChallenge":
            define(request["session"], response)
        case "CreateAuthChallenge":
            tenant = request["clientMetadata"].get("tenant", "none")
            response["publicChallengeParameters"] = {"question": "colour?", "tenant": tenant}
            response["privateChallengeParameters"] = {"answer": "violet"}
            response["challengeMetadata"] = "COLOUR"
        case "VerifyAuthChallengeResponse":
            expected = request["privateChallengeParameters"]["answer"]
            response["answerCorrect"] = request["challengeAnswer"] == expected
        case "PreSignUp":
            if request["userAttributes"]["email"].startswith("trudy@"):
                raise ValueError("by invitation only")
            response["autoConfirmUser"] = response["autoVerifyEmail"] = True
    return event


def define(session, response):
    last = session[-1] if session else None
    wrong = sum(not challenge["challengeResult"] for challenge in session)
    if last and last["challengeName"] == "SRP_A":
        response["challengeName"] = "PASSWORD_VERIFIER"
    elif wrong > 1:
        response["failAuthentication"] = True
    elif last and last["challengeName"] == "CUSTOM_CHALLENGE" and last["challengeResult"]:
        response["issueTokens"] = True
    else:
        response["challengeName"] = "CUSTOM_CHALLENGE"
