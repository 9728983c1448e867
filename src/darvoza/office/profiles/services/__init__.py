"""What changes the profiles."""
