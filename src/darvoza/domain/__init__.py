"""Nouns: frozen records in the field's words, in plain Python."""
