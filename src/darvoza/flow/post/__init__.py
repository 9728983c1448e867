"""A post without a line: it decides by a signed bundle, writes down what it did, and brings it back."""
