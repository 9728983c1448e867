"""Darvoza: risk management for borders, with one probability, one draw, and the proof."""

__version__ = "0.1.0"
