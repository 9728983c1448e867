"""How numbers are written, where Django does not know it."""
