"""Intake: bytes become declarations; what breaks a rule is kept aside with its reasons."""
