//! Tests of `alb::signer_arn`.

use super::*;

#[test]
fn an_arn_says_where_the_keys_are() {
    for (arn, endpoint) in [
        (
            "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/my-lb/50dc6c495c0c9188",
            Some("https://public-keys.auth.elb.eu-west-1.amazonaws.com"),
        ),
        (
            "arn:aws-us-gov:elasticloadbalancing:us-gov-east-1:123456789012:loadbalancer/app/my-lb/50dc6c495c0c9188",
            Some("https://s3-us-gov-east-1.amazonaws.com/aws-elb-public-keys-prod-us-gov-east-1"),
        ),
        (
            "arn:aws:ec2:us-east-1:123456789012:verified-access-instance/vai-0abc123def4567890",
            Some("https://public-keys.prod.verified-access.us-east-1.amazonaws.com"),
        ),
        (
            "arn:aws-cn:elasticloadbalancing:cn-north-1:123456789012:loadbalancer/app/my-lb/50dc6c495c0c9188",
            None,
        ),
    ] {
        let signer = SignerArn::parse(arn).unwrap();
        assert_eq!(signer.key_endpoint().as_deref(), endpoint, "{arn}");
    }
}

#[test]
fn what_is_no_signer_is_refused() {
    let good =
        "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/my-lb/50dc6c49";
    SignerArn::parse(good).unwrap();
    for (from, to) in [
        ("arn:", ""),
        ("arn:", "ARN:"),
        (":aws:", ":aws-iso:"),
        (":aws:", "::"),
        ("elasticloadbalancing", "ec2"),
        ("eu-west-1", ""),
        ("eu-west-1", "EU-WEST-1"),
        ("eu-west-1", "evil.example/"),
        ("eu-west-1", "eu-west-1@evil"),
        ("eu-west-1", "-eu"),
        ("123456789012", "12345678901"),
        ("123456789012", ""),
        ("/app/", "/net/"),
        ("/app/my-lb", "/app"),
        ("/my-lb/", "//"),
        ("50dc6c49", ""),
        ("50dc6c49", "50dc6c49/listener"),
        ("50dc6c49", "50dc6c49:1"),
        ("50dc6c49", "*"),
        ("50dc6c49", "50dc6c49 "),
        ("loadbalancer/", "listener/"),
    ] {
        let bad = good.replace(from, to);
        let error = SignerArn::parse(&bad).unwrap_err();
        assert_eq!(error.code(), "value", "{bad}");
    }
    let long = good.replace("my-lb", &"a".repeat(200));
    assert!(SignerArn::parse(&long).is_err());
}
