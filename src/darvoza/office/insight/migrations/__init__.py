"""Migrations of the figures."""
