"""Documents for the tests, built from small parts, so that each feature can be stated by itself."""
