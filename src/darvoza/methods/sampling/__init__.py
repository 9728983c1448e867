"""How many units to take from a lot, which ones, and what a sample of that size can tell."""
