"""Pages of the profiles."""
