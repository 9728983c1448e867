"""The gate: declarations decided as they are lodged, a few at a time, as the whole of them would be decided at once."""
