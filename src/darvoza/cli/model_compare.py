"""``darvoza model compare``: champion and challenger on the results of what they scored."""

import json
from argparse import Namespace

import polars as pl

from darvoza.cli.declarations import take_in_results, told
from darvoza.cli.report.drift_words import in_use
from darvoza.cli.results import read_decisions
from darvoza.errors import OutputError
from darvoza.flow.learning.model_comparison import RATES, Comparison, Measure, Sample, compare_models
from darvoza.flow.oversight.drift import drift
from darvoza.flow.oversight.drift_records import Watch
from darvoza.methods.detection import FEWEST_POSITIVE, FEWEST_SAMPLED
from darvoza.methods.estimation import TOO_FEW
from darvoza.methods.weighted_mean import Mean
from darvoza.progress import Progress

SAMPLES = {
    "all": "all results, each weighted by 1/π",
    "random": "results of the random floor alone, which no score had a hand in",
}
VERDICTS = {
    "better": "the challenger foretells results better than the champion, beyond chance",
    "worse": "the challenger foretells results worse than the champion, beyond chance",
    "undecided": "no difference beyond chance; more results would tell",
}
NAMES = {
    "log_loss": "log loss (less is better)",
    "hit_rate": "hit rate at capacity",
    "recovered": "recovered an examination",
}


FEW = {
    "hit_rate": f"they say less of it than {TOO_FEW} drawn at random would",
    "recovered": f"it takes {FEWEST_SAMPLED} results, {FEWEST_POSITIVE} of them with money",
}


def run(options: Namespace) -> int:
    """Join results to the scores that were stored, compare, and keep the comparison where asked."""
    if options.out is not None and options.out.exists():
        raise OutputError(field="out", expected="a file that does not exist yet", got=str(options.out))
    intake = take_in_results(options, options.results, Progress())
    results = intake.items
    decisions = pl.concat([read_decisions(run) for run in options.run], how="diagonal_relaxed")
    found = compare_models(decisions, results, share=options.capacity)
    print(told(intake))
    print("\n".join(_told(found)))
    print("\n".join(in_use(drift(decisions, results, watch=Watch()))))
    if options.out is not None:
        options.out.write_text(json.dumps(found.as_json(), indent=1, sort_keys=True) + "\n", encoding="utf-8")
        print(f"evidence: {options.out}")
    return 0


def _told(found: Comparison) -> list[str]:
    """Tell a comparison."""
    lines = [
        f"champion {found.champion[:16]}, challenger {_challenger(found)}; {found.declarations:,} declarations",
    ]
    for sample in found.samples:
        lines.append(f"\n{SAMPLES[sample.name]}: {sample.results:,} results, {sample.findings:,} findings")
        lines += [_line(measure) for measure in sample.measures]
        lines += [_unstated(sample)] if sample.unstated else []
        lines += [_missing(name, sample) for name in NAMES if name not in {m.name for m in sample.measures}]
    return [*lines, f"\nverdict: {VERDICTS[found.verdict]}", f"capacity {found.share:.0%}; in brackets 95 % intervals"]


def _unstated(sample: Sample) -> str:
    left = f"{sample.unstated:,} of {sample.findings:,} findings do not state their amount, or not all of it"
    return f"  {'':<26} {left}: money is that of the others"


def _challenger(found: Comparison) -> str:
    """Name the challenger: another model, or what every model is kept beside."""
    own = found.challenger == f"{found.champion}{RATES}"
    return "its own smoothed rates (no --challenger was given)" if own else found.challenger[:16]


def _missing(name: str, sample: Sample) -> str:
    """Say why a measure is not given, by how many results it would rest on."""
    champion, challenger = sample.at_capacity
    held = (
        f"{champion:,} results among what the champion would examine at that capacity, {challenger:,} of the challenger"
    )
    return f"  {NAMES[name]:<26} not given: {held}; {FEW[name]}"


def _line(measure: Measure) -> str:
    parts = (_interval(each) for each in (measure.champion, measure.challenger, measure.difference))
    return "  {:<26} champion {}  challenger {}  difference {}".format(NAMES[measure.name], *parts)


def _interval(mean: Mean) -> str:
    digits = 0 if max(abs(number) for number in mean) >= 100 else 4
    return f"{mean.value:,.{digits}f} [{mean.low:,.{digits}f}, {mean.high:,.{digits}f}]"
