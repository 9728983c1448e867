"""Learning: selections and findings become a fitted model with its card."""
