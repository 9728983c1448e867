"""Enrichment: declarations, history and references become facts, as known at the moment of decision."""
