"""Settings shared by every test."""

import os

from hypothesis import HealthCheck, settings

# the same examples on every machine of a merge, more of them where somebody looks for trouble
settings.register_profile("merge", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("search", deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("DARVOZA_HYPOTHESIS", "merge"))
