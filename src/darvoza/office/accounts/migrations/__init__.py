"""Tables of the people."""
