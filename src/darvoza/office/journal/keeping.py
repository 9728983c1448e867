"""How long the journal keeps what shows that work was done as it is told, whatever rules say."""

from datetime import timedelta
from typing import Final

WORK_AT_LEAST: Final = timedelta(days=365)
"""Shortest time for which the bodies of entries on decisions, orders and findings are kept."""
