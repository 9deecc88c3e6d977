//! Tests of `pool::id`.

use super::*;

#[test]
fn ids_that_exist_are_read() {
    for (id, region, partition) in [
        ("eu-west-1_AbCdEf123", "eu-west-1", Partition::Standard),
        ("us-gov-west-1_AbCdEf123", "us-gov-west-1", Partition::GovCloud),
        ("ap-southeast-2_x", "ap-southeast-2", Partition::Standard),
        ("cn-north-1_AbCdEf123", "cn-north-1", Partition::China),
        ("eusc-de-east-1_AbCdEf123", "eusc-de-east-1", Partition::EuSovereign),
        ("us-east-1_0123456789abcdef0123456789abcdef", "us-east-1", Partition::Standard),
        ("local_2Kdf9aHo", "local", Partition::Standard),
    ] {
        let read = UserPoolId::parse(id).unwrap();
        assert_eq!((read.region(), read.partition(), read.as_str()), (region, partition, id));
    }
}

/// R14. The host names of those partitions end otherwise: a request would not reach Cognito.
#[test]
fn regions_of_other_partitions_are_refused() {
    for region in [
        "us-iso-east-1",
        "us-isob-east-1",
        "us-isof-south-1",
        "eu-isoe-west-1",
        "eu-gov-west-1",
        "xx-west-1",
        "eusc-east-1",
        "cn-gov-north-1",
    ] {
        let error = UserPoolId::parse(&format!("{region}_AbCdEf123")).unwrap_err();
        assert_eq!(error, ConfigError::Region { region: region.to_owned() });
        assert_eq!(error.code(), "region");
        assert_eq!(
            error.to_string(),
            format!(
                "the Region {region} is of no partition of AWS whose addresses are known here: copy the user pool id from the \
                 Cognito console, such as eu-west-1_AbCdEf123"
            )
        );
    }
}

#[test]
fn everything_else_is_refused() {
    let long = format!("eu-west-1_{}", "a".repeat(46));
    for id in [
        "",
        "_",
        "eu-west-1",
        "eu-west-1_",
        "eu-west-1_a_b",
        "eu-west-1_a-b",
        "eu-west-1_a.b",
        "foo-central-bar_cfE3xfsaf",
        "evil.example.com/_x",
        "eu-west-1.evil.com_x",
        "EU-WEST-1_a",
        "eu--1_a",
        "eu-1_a",
        "-west-1_a",
        " eu-west-1_a",
        "eu-west-1_é",
        "eu-west-_a",
        &long,
    ] {
        assert_eq!(UserPoolId::parse(id).unwrap_err().code(), "user_pool_id", "{id}");
    }
}
