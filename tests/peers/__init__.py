"""Other people's test suites, run against this cloud."""
