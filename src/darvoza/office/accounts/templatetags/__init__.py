"""Filters of the templates that speak of people."""
