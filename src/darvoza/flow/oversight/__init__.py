"""Oversight: decisions and findings become evidence: counts, estimates, recomputed draws."""
