"""Figures for analysts and chiefs."""
