"""Filters of the administrator."""
