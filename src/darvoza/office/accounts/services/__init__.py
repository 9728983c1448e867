"""What changes people."""
