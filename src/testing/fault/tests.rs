//! Tests of `testing::fault`.

use super::*;

#[test]
fn faults_are_served_in_order_and_as_often_as_ordered() {
    let plan = FaultPlan::default();
    plan.add(Some(Endpoint::Jwks), 1, Fault::Hang);
    plan.add(None, 2, Fault::Status(500));
    plan.add(None, 0, Fault::CutOff);
    assert_eq!(plan.next(Endpoint::Token), Some(Fault::Status(500)));
    assert_eq!(plan.next(Endpoint::Jwks), Some(Fault::Hang));
    assert_eq!(plan.next(Endpoint::Jwks), Some(Fault::Status(500)));
    assert_eq!(plan.next(Endpoint::Jwks), None);
    assert_eq!(plan.requests(Endpoint::Jwks), 3);
    assert_eq!(plan.requests(Endpoint::Login), 0);
}
