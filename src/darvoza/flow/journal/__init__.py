"""The journal: what is written down, how it is handed over, how it is shown to be whole."""
