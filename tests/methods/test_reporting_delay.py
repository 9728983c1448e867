"""How long results take, seen before all of them have come in."""

import numpy as np
import pytest

from darvoza.errors import SettingsError
from darvoza.methods.reporting_delay import settled_after


def test_the_delay_is_recovered_although_the_late_results_are_not_in_yet() -> None:
    rng = np.random.default_rng(3)
    waited = rng.uniform(0, 60, 20_000)
    delays = np.minimum(rng.exponential(10.0, 20_000), 30.0)
    known = delays <= waited
    truth = -10.0 * np.log(0.1)
    assert np.quantile(delays[known], 0.9) < 0.9 * truth, "what is seen by now is too quick"
    assert settled_after(delays[known], waited[known], share=0.9) == pytest.approx(truth, rel=0.05)


def test_with_everything_in_it_is_the_plain_quantile() -> None:
    delays = np.arange(1.0, 101.0)
    assert settled_after(delays, np.full(100, 1_000.0), share=0.95) == 95.0
    assert settled_after([], []) == 0.0


def test_a_delay_longer_than_the_time_waited_is_refused() -> None:
    with pytest.raises(SettingsError):
        settled_after([5.0], [4.0])
    with pytest.raises(SettingsError):
        settled_after([5.0], [6.0], share=1.0)
