"""Inspection: selections become orders that say what to check."""
