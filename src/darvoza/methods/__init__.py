"""Numbers: statistics, sampling, scoring; arrays in, arrays out."""
