"""Tables of the profiles."""
