"""Verbs: the stages a declaration passes, and the pipeline that knows their order."""
