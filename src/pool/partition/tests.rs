//! Tests of `pool::partition`.

use super::*;

#[test]
fn a_partition_is_read_from_the_name_that_it_shows() {
    for partition in Partition::ALL {
        assert_eq!(partition.to_string().parse(), Ok(partition));
    }
    for other in ["", "AWS", "aws-iso", "standard"] {
        let error = other.parse::<Partition>().unwrap_err().to_string();
        assert!(error.starts_with("partition cannot be used: "), "{error}");
    }
}
