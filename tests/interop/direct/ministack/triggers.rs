//! Triggers that run at ministack: those of CUSTOM_AUTH, and that of sign-ups.

use std::process::Command;

use cognito_auth::direct::{CustomChallenge, SignInAttempt, SignInChallenge, SignInFailure, Step};
use cognito_auth::{AuthError, IdentityProvider, RefusalCode};
use serde_json::json;

use super::super::accounts::sign_up;
use super::super::{Emulator, refusal, tokens};
use crate::administration::PASSWORD;
use crate::peer::installed;
use crate::stories::{Stories, refused};

/// A zip file with `triggers.py`, in base64.
const PACK: &str = "
import base64, io, sys, zipfile
packed = io.BytesIO()
with zipfile.ZipFile(packed, 'w') as files:
    files.write(sys.argv[1], 'triggers.py')
print(base64.b64encode(packed.getvalue()).decode(), end='')
";

/// Makes a function of `triggers.py`, without a role, which would have to exist. Returns its name at AWS.
async fn deploy(emulator: &Emulator) -> String {
    let python = installed().unwrap().join("venv/bin/python");
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop/direct/ministack/triggers.py");
    let packed = Command::new(python).args(["-c", PACK, file]).output().unwrap();
    assert!(packed.status.success(), "{packed:?}");
    let function = json!({
        "FunctionName": "triggers", "Runtime": "python3.12", "Handler": "triggers.handler",
        "Role": "", "Timeout": 60,
        "Code": { "ZipFile": String::from_utf8(packed.stdout).unwrap() },
    });
    let made = emulator.administration.post("lambda", "/2015-03-31/functions", function).await;
    made["FunctionArn"].as_str().unwrap().to_owned()
}

#[track_caller]
fn asked(step: Result<Step, AuthError>) -> CustomChallenge {
    match step {
        Ok(Step::Challenge(SignInChallenge::Custom(challenge))) => challenge,
        other => panic!("not a challenge of a trigger: {other:?}"),
    }
}

pub(super) async fn tell(emulator: &Emulator, stories: &mut Stories) {
    stories.begin("a challenge of triggers, where the pool has none");
    let nemo = emulator.user("nemo").await;
    let mut challenge = asked(emulator.direct.start(SignInAttempt::custom(&nemo)).await);
    for _ in 0..2 {
        let parameters: Vec<_> = challenge.parameters().iter().collect();
        assert_eq!(parameters, [(&"challenge".to_owned(), &"PROVIDE_AUTH_PARAMETERS".to_owned())]);
        challenge = asked(challenge.answer(&"any".into()).await);
    }
    let most = refusal(RefusalCode::NotAuthorized, "Max authentication attempts exceeded");
    assert_eq!(challenge.answer(&"any".into()).await.unwrap_err(), most);

    stories.begin("a challenge of triggers");
    let arn = deploy(emulator).await;
    let names =
        ["CreateAuthChallenge", "DefineAuthChallenge", "PreSignUp", "VerifyAuthChallengeResponse"];
    let triggers: serde_json::Map<_, _> =
        names.iter().map(|name| ((*name).to_owned(), json!(arn))).collect();
    let pool = emulator.administration.create_pool_with(json!({ "LambdaConfig": triggers })).await;
    let direct = emulator.client(&pool, &emulator.app(&pool, json!({})).await);
    emulator.administration.create_user(&pool, "oscar", "oscar@example.com").await;
    let custom = || SignInAttempt::custom("oscar").client_metadata("tenant", "acme");
    let challenge = asked(direct.start(custom()).await);
    let parameters = challenge.parameters();
    assert_eq!(
        (parameters["question"].as_str(), parameters["tenant"].as_str()),
        ("colour?", "acme")
    );
    assert!(!parameters.contains_key("answer"));
    tokens(challenge.answer(&"violet".into()).await);

    let challenge = asked(direct.start(custom()).await);
    let challenge = asked(challenge.answer(&"red".into()).await);
    tokens(challenge.answer(&"violet".into()).await);

    let challenge = asked(direct.start(custom()).await);
    let challenge = asked(challenge.answer(&"red".into()).await);
    let failed = refusal(RefusalCode::NotAuthorized, "Incorrect username or password");
    assert_eq!(challenge.answer(&"blue".into()).await.unwrap_err(), failed);
    assert_eq!(refused(direct.start(SignInAttempt::custom("mallory")).await), "not_authorized");

    stories.begin("a challenge of triggers, after the password");
    let attempt = |password| SignInAttempt::custom_after_password("oscar", password);
    assert_eq!(refused(direct.start(attempt("wrong-Passw0rd")).await), "not_authorized");
    let challenge = asked(direct.start(attempt(PASSWORD)).await);
    tokens(challenge.answer(&"violet".into()).await);

    stories.begin("a sign-up that a trigger confirms, and one that it refuses");
    let signed_up = direct.sign_up(&sign_up("peggy")).await.unwrap();
    assert_eq!((signed_up.is_confirmed, signed_up.delivery), (true, None));
    let attempt = SignInAttempt::with_password("peggy", PASSWORD);
    let token = tokens(direct.start(attempt).await).access_token;
    let user = direct.client().user_info_with_token(&token).await.unwrap();
    assert_eq!((user.sub, user.email_verified), (signed_up.sub, Some(true)));
    let error = direct.sign_up(&sign_up("trudy")).await.unwrap_err();
    let words = "{'errorMessage': 'by invitation only', 'errorType': 'Runtime.HandlerError'}";
    assert_eq!(error, refusal(RefusalCode::TriggerFailed, words));
    assert_eq!(SignInFailure::of(&error), SignInFailure::Refused);
}
