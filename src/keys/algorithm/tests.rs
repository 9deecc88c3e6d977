//! Tests of `keys::algorithm`.

use super::*;

#[test]
fn an_algorithm_is_read_from_the_name_that_it_shows() {
    for algorithm in Algorithm::ALL {
        assert_eq!(algorithm.to_string().parse(), Ok(algorithm));
    }
    for other in ["", "rs256", "none", "HS256"] {
        let error = other.parse::<Algorithm>().unwrap_err().to_string();
        assert_eq!(error, "algorithm cannot be used: it is neither RS256 nor ES256");
    }
}
