"""What a policy knows at the moment of selection: counters of everything seen, features written down and kept.

Log-and-train: the vector of a declaration is made once, before anything of its week is known, and training uses the
vectors as they were. Lifetime counters stand beside counters that forget a tenth a week.
"""

import numpy as np

from closed_loop_world import Floats, Ints, Stream  # type: ignore[import-not-found] # beside this script

FORGET = 0.9
PRIOR_WEIGHT = 5.0
PAIRS = (("chapter", "origin"), ("importer", "chapter"), ("broker", "office"))


class Counter:
    """Declarations, results and findings of each key: for ever, and forgetting."""

    def __init__(self, size: int) -> None:
        self.all, self.labelled, self.found = np.zeros(size), np.zeros(size), np.zeros(size)
        self.recent, self.recent_found = np.zeros(size), np.zeros(size)
        self.first = np.full(size, np.nan)

    def features(self, keys: Ints, week: int, base: float, *, decayed: bool) -> list[Floats]:
        """Rates drawn towards the base, sizes, and age."""
        labelled, recent = self.labelled[keys], self.recent[keys]
        made = [
            (self.found[keys] + PRIOR_WEIGHT * base) / (labelled + PRIOR_WEIGHT),
            np.log1p(labelled),
            np.log1p(self.all[keys]),
            week - self.first[keys],
        ]
        if decayed:
            made += [(self.recent_found[keys] + PRIOR_WEIGHT * base) / (recent + PRIOR_WEIGHT), np.log1p(recent)]
        return made

    def lodge(self, keys: Ints, week: int) -> None:
        """Count declarations."""
        np.add.at(self.all, keys, 1)
        fresh = np.isnan(self.first[keys])
        self.first[keys[fresh]] = week

    def learn(self, keys: Ints, found: Floats) -> None:
        """Count results, after a week has been forgotten."""
        self.recent *= FORGET
        self.recent_found *= FORGET
        for counts, weights in ((self.labelled, 1.0), (self.found, found), (self.recent, 1.0)):
            np.add.at(counts, keys, weights)
        np.add.at(self.recent_found, keys, found)


class Memory:
    """All counters and the running moments of prices."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.codes: dict[str, Ints] = dict(stream.keys)
        for one, other in PAIRS:
            span = int(stream.keys[other].max()) + 1
            self.codes[f"{one} × {other}"] = stream.keys[one] * span + stream.keys[other]
        self.counters = {name: Counter(int(codes.max()) + 1) for name, codes in self.codes.items()}
        size = int(stream.keys["hs"].max()) + 1
        self.n, self.sum, self.squares = np.zeros(size), np.zeros(size), np.zeros(size)
        self.results = self.findings = 0.0

    @property
    def base(self) -> float:
        """The share of findings among all results so far."""
        return (self.findings + 1) / (self.results + 20)

    def features(self, rows: Ints, week: int, *, decayed: bool = True) -> Floats:
        """Give the vectors of some rows as known before their week."""
        stream = self.stream
        columns = [
            np.log(stream.price[rows]),
            stream.duty[rows],
            np.log1p(stream.amount[rows]),
            np.log(stream.mass[rows]),
        ]
        hs = stream.keys["hs"][rows]
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = self.sum[hs] / self.n[hs]
            spread = np.sqrt(np.maximum(self.squares[hs] / self.n[hs] - mean**2, 0.01))
            columns.append((np.log(stream.price[rows]) - mean) / spread)
        for name, counter in self.counters.items():
            columns += counter.features(self.codes[name][rows], week, self.base, decayed=decayed)
        return np.column_stack(columns)

    def smoothed(self, rows: Ints) -> Floats:
        """Give the mean log of the smoothed rates: a score without learning."""
        rates = [
            (counter.found[codes[rows]] + PRIOR_WEIGHT * self.base) / (counter.labelled[codes[rows]] + PRIOR_WEIGHT)
            for counter, codes in zip(self.counters.values(), self.codes.values(), strict=True)
        ]
        return np.asarray(np.mean(np.log(rates), axis=0))

    def lodge(self, rows: Ints, week: int) -> None:
        """Count a week of declarations."""
        for name, counter in self.counters.items():
            counter.lodge(self.codes[name][rows], week)
        hs, price = self.stream.keys["hs"][rows], np.log(self.stream.price[rows])
        for counts, weights in ((self.n, 1.0), (self.sum, price), (self.squares, price**2)):
            np.add.at(counts, hs, weights)

    def learn(self, rows: Ints) -> None:
        """Count the results of some rows."""
        found = self.stream.fraud[rows].astype(float)
        for name, counter in self.counters.items():
            counter.learn(self.codes[name][rows], found)
        self.results += rows.size
        self.findings += float(found.sum())
