"""Selectivity: floors, score, capacity and u become a selection with its channel and basis."""
