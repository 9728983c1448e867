"""The register: declarations, goods, decisions, orders, findings as tables."""
