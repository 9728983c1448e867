"""Filters of the pages on profiles."""
