"""The desk of an officer: queue, order, result."""
