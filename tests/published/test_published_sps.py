"""Published and recomputed values of sampling, plans and their rules: every case of the shared file, and an excerpt.

The shared file stands beside the repository and is not part of it; without it its cases are skipped, and the excerpt in
this folder still holds the main values. Each case names its source. Kinds that are not about arithmetic are listed; a
kind that is neither computed nor listed fails.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import optimize

from architecture.house import ROOT
from darvoza.cli.reference_data import shipped
from darvoza.domain.sps.sampling import Strictness
from darvoza.flow.inspection import samples
from darvoza.flow.intake.sampling_rules import read_sampling_rules
from darvoza.methods.intervals import clopper_pearson, jeffreys
from darvoza.methods.plans.continuous import ContinuousPlan, Variant
from darvoza.methods.plans.intensified import IntensifiedPlan
from darvoza.methods.plans.ladder import Ladder
from darvoza.methods.plans.long_run import clearance_for, long_run
from darvoza.methods.plans.states import Arrival, Event, Mode, PlanState, Result, advance, fraction, replay
from darvoza.methods.sampling import absence, approximations, clusters, detection, two_points
from darvoza.methods.sampling.acceptance import SinglePlan, acceptance_probability, switching_acceptance
from darvoza.methods.sampling.measured import beyond_doubt
from darvoza.methods.sampling.steps import interval_of_packages

SHARED = ROOT.parent / "shared" / "reference" / "sps_cases.json"
EXCERPT = Path(__file__).parent / "sps_excerpt.json"
RULES = read_sampling_rules(shipped("sampling_rules.yaml"))

Given = Mapping[str, Any]

ELSEWHERE = {
    "eu_2019_1793_frequency": 6,
    "eu_2022_2389_rate": 6,
    "sps_check_to_customs_code": 4,
    "eu_2019_2129_baseline": 3,
    "eu_2019_2129_increase": 2,
    "eu_2022_2389_eligibility": 2,
    "combine_checks_worst_wins": 1,
    "ephyto_type_codes": 1,
    "prior_notification": 1,
    "validation_lift_benchmark": 1,
}
"""Kinds that are rules of law or of another system, tried in `test_published_sps_rules.py`, with their number of cases."""


def hypergeometric(given: Given, convention: detection.Convention = detection.Convention.TABLE) -> int | None:
    return detection.hypergeometric_size(
        given["lot_size"],
        level=given["level_of_detection"],
        confidence=given["confidence"],
        sensitivity=given["efficacy"],
        convention=convention,
    )


def endless(find: Callable[..., int]) -> Callable[[Given], int]:
    return lambda g: find(g["level_of_detection"], confidence=g["confidence"], sensitivity=g["efficacy"])


def by_clusters(given: Given) -> Given:
    found = clusters.clustered_size(
        given["mean_level"],
        confidence=given["confidence"],
        clustering=given["theta"],
        units_per_cluster=given["units_per_cluster"],
    )
    return {
        "p_no_detect_per_cluster": found.miss_per_cluster, "clusters": found.clusters, "total_units": found.units
    }  # fmt: skip


def fixed_share(given: Given) -> Given:
    lot, level = given["lot_size"], given["level_of_detection"]
    hyper = detection.hypergeometric_size(lot, level=level, confidence=given["confidence"])
    fixed = approximations.fixed_share_size(lot, fraction=given["fixed_fraction"])
    assert hyper is not None
    found = {"n_hyper": hyper, "n_fixed": fixed}
    confidence = {
        f"conf_{name[2:]}": 1 - detection.miss_probability(n, lot_size=lot, level=level) for name, n in found.items()
    }
    return found | confidence


def continuous(variant: Variant) -> Callable[[Given], Given]:
    def compute(given: Given) -> Given:
        plan = ContinuousPlan(given["i"], given["f"], variant, given.get("k"), given.get("tight", 4))
        run = long_run(plan, given["p"], sensitivity=given["sensitivity"])
        return {
            "afi": float(run.inspected),
            "aoq_rectified": float(run.treated),
            "leakage_rate_rectified": float(run.treated),
            "outgoing_rate_if_rejected": float(run.rejected),
        }

    return compute


def csp_1_trace(given: Given) -> Given:
    """Items come one by one; under monitoring the list says which are drawn, and the last drawn one fails."""
    plan = ContinuousPlan(given["i"], given["f"])
    drawn, results = iter([*given["selection"], 1]), iter("PPPPPF")
    state, modes, inspected = plan.start(), [], []
    for _ in range(9):
        modes.append(state.mode.value)
        chosen = 1 if fraction(state, plan=plan) == 1 else next(drawn)
        inspected.append(chosen)
        event: Event = Result(passed=next(results, "F") == "P") if chosen else Arrival()
        state = advance(state, event, plan=plan)
    return {"modes": modes, "inspected": inspected}


def step_down(given: Given) -> Given:
    assert given["on_fail"] == "tightened"
    plan = Ladder((1.0, 0.25, 0.05), (given["passes_to_25"], given["passes_to_5"]))
    return {"average_inspection_fraction": float(long_run(plan, given["p"]).inspected)}


def skip_lot(given: Given) -> Given:
    """Levels of the case are counted from 1."""
    levels = given["levels"]
    first = given.get("start_level", given.get("current_level")) - 1
    falls_to = given["monitoring_level"] - 1 if "monitoring_level" in given else None
    plan = Ladder(tuple(map(float, levels)), (given["clearance_number"],) * (len(levels) - 1), first, falls_to)
    count, _, outcome = given["inspected_results"].split()
    state = replay([Result(passed=outcome == "compliant")] * int(count), plan=plan)
    return {"level_after": state.level + 1, "sampling_fraction": fraction(state, plan=plan)}


def intensified_ended(given: Given) -> bool:
    plan = IntensifiedPlan(trigger=Decimal(str(given["trigger_weight_t"])))
    state = PlanState(
        Mode.IMPOSED if given["imposed_checks"] else Mode.CENSUS,
        run=given["consecutive_satisfactory"],
        weight=Decimal(str(given["total_weight_t"])),
        corrected=given["satisfactory_action_plan"],
    )
    return plan.earned(state)


def published_plan(given: Given) -> Given:
    code = given["product"].rsplit("_", 1)[1].replace(".", "")
    plan = next(plan for plan in RULES.plans.values() if any(each.startswith(code) for each in plan.commodities))
    return {"qualification_number": plan.clearance, "risk_based_inspection_rate": float(plan.monitored)}


def scheme(given: Given) -> Given:
    plans = (SinglePlan(given["n"], given["ac_normal"]), SinglePlan(given["n"], given["ac_tightened"]))

    def level(accepted: float) -> float:
        def excess(p: float) -> float:
            normal, tightened = (acceptance_probability(plan, p) for plan in plans)
            return float(switching_acceptance(normal, tightened)) - accepted

        return float(optimize.brentq(excess, 1e-4, 0.2))

    return {"p_at_pa_095": level(0.95), "p_at_pa_010": level(0.10)}


def by_attributes(given: Given) -> Given:
    letter = samples.code_letter(RULES.attributes, given["lot_size"], level=given["inspection_level"])
    strictness = Strictness(given["type"])
    plan = samples.single_plan(RULES.attributes, letter, aql_percent=given["aql"], strictness=strictness)
    return {"n": plan.size, "ac": plan.acceptance, "re": plan.acceptance + 1}


def by_attributes_twice(given: Given) -> Given:
    letter = samples.code_letter(RULES.attributes, given["lot_size"], level=given["inspection_level"])
    plan = samples.double_plan(RULES.attributes, letter, aql_percent=given["aql"], strictness=Strictness(given["type"]))
    return {"n": list(plan.sizes_taken), "ac": list(plan.acceptances), "re": list(plan.rejections)}


def points(given: Given) -> tuple[two_points.RiskPoint, two_points.RiskPoint]:
    return two_points.RiskPoint(*given["prp"]), two_points.RiskPoint(*given["crp"])


def attributes_plan(given: Given) -> Given:
    plan = two_points.attributes_plan(*points(given))
    return {"n": plan.size, "c": plan.acceptance, "r": plan.acceptance + 1}


def variables(find: Callable[..., two_points.VariablesPlan]) -> Callable[[Given], Given]:
    def compute(given: Given) -> Given:
        plan = find(*points(given))
        return {"n": plan.size, "k": plan.factor}

    return compute


def variables_from_table(given: Given) -> Given:
    row = samples.variables_row(RULES, given["lot_size"], level=given["inspection_level"], aql_percent=given["aql"])
    return {"n": row.size, "k": float(row.factor)}


def increments(given: Given) -> Given:
    taken = samples.increments(RULES.parts[given["commodity"][0]], given["lot_tonnes"])
    return {
        "incremental_samples": taken.increments,
        "aggregate_kg": float(taken.aggregate_kg),
        "laboratory_samples": taken.laboratory_samples,
    }


def sublots(given: Given) -> Given:
    found = samples.division(RULES.parts[given["commodity"][0]], given["lot_tonnes"])
    words = f"{found.sublots} sublots" if found.weight is None else f"{found.weight} t sublots"
    return {
        "subdivision": words,
        "incremental_samples_each": found.each.increments,
        "aggregate_kg_each": float(found.each.aggregate_kg),
    }


def salmonella(given: Given) -> Given:
    units = samples.salmonella_units(RULES, given["consignment_tonnes"])
    return {"units": units, "min_unit_g": 100, "criterion": "not detected in 25 g each", "pooling": False}


def average_sample(given: Given) -> int:
    grams = {samples.average_sample_grams(RULES, crop) for crop in given["crop"].split(", ")}
    assert len(grams) == 1
    return grams.pop()


def decision(given: Given) -> str:
    uncertainty, limit = given["expanded_uncertainty"], given["maximum_level"]
    return "reject" if beyond_doubt(given["result"], uncertainty=uncertainty, limit=limit) else "accept"


def over_time(given: Given) -> list[float]:
    return list(
        absence.confidence_over_time(
            given["sep"], periods=given["periods"], introduction=given["p_intro"], prior=given["prior"]
        )
    )


def risk_based(given: Given) -> float:
    levels = given["pstar"] * absence.adjusted_risks(given["rr"], shares=given["ppr"])
    return absence.system_sensitivity(given["n"], levels=levels, sensitivity=given["se"])


def for_absence(given: Given) -> list[int]:
    def size(lot: int | None) -> int:
        known = {"level": given["pstar"], "confidence": given["sep"], "sensitivity": given["se"]}
        return detection.binomial_size(known.pop("level"), **known) if lot is None else (
            approximations.rounded_up_size(lot, **known)
        )  # fmt: skip

    return [size(lot) for lot in given["N"]]


def cannon_roe(given: Given) -> list[int]:
    return [
        approximations.cannon_roe_size(lot, marked=marked, confidence=given["sep"], sensitivity=given["se"])
        for lot, marked in zip(given["N"], given["d"], strict=True)
    ]


def pooled(given: Given) -> list[int]:
    return [
        approximations.pooled_size(
            given["pstar"], confidence=given["sep"], pool=k, sensitivity=seen, specificity=given["psp"]
        )
        for k, seen in zip(given["k"], given["pse"], strict=True)
    ]


def in_finite_lots(given: Given) -> list[float]:
    rows = zip(given["n"], given["N"], given["d"], strict=True)
    return [absence.finite_sensitivity(n, lot_size=lot, marked=d, sensitivity=given["se"]) for n, lot, d in rows]


COMPUTED: Mapping[str, Callable[[Given], object]] = {
    "ispm31_hypergeometric": hypergeometric,
    "ispm31_binomial": endless(detection.binomial_size),
    "ispm31_poisson": endless(detection.poisson_size),
    "hypergeometric_with_imperfect_efficacy_exact": lambda g: hypergeometric(g, detection.Convention.EXACT),
    "beta_binomial_clusters": by_clusters,
    "detection_probability_binomial": lambda g: absence.system_sensitivity(
        g["n"], levels=g["level_of_detection"], sensitivity=g["efficacy"]
    ),
    "fixed_proportion_vs_hypergeometric": fixed_share,
    "zero_failure_upper_bound_95": lambda g: detection.detectable_level(g["n"], confidence=0.95),
    "rbs_hypergeometric_approximation": lambda g: approximations.cannon_size(
        g["lot_size"], level=g["level_of_detection"], confidence=g["confidence"]
    ),
    "csp1": continuous(Variant.CSP1),
    "csp2": continuous(Variant.CSP2),
    "csp3": continuous(Variant.CSP3),
    "csp1_min_i_for_aoql": lambda g: clearance_for(g["aoql"], monitored=g["f"]),
    "csp1_state_machine": csp_1_trace,
    "stepdown_100_25_5": step_down,
    "dynamic_skip_lot": skip_lot,
    "eu_2019_1873_termination": intensified_ended,
    "cbis_parameters": published_plan,
    "oc_binomial": lambda g: float(acceptance_probability(SinglePlan(g["n"], g["c"]), g["p"])),
    "attribute_plan_two_point": attributes_plan,
    "variables_plan_known_sigma": variables(two_points.variables_plan_known_sigma),
    "variables_plan_unknown_sigma": variables(two_points.variables_plan_unknown_sigma),
    "variables_plan_z19": variables_from_table,
    "iso2859_code_letter": lambda g: samples.code_letter(RULES.attributes, g["lot_size"], level=g["inspection_level"]),
    "iso2859_single_plan": by_attributes,
    "iso2859_double_plan": by_attributes_twice,
    "iso2859_normal_tightened_scheme_oc": scheme,
    "identity_check_packages": lambda g: samples.packages_to_open(RULES.packages["identity"], g["packages"]),
    "identity_check_animals": lambda g: samples.packages_to_open(RULES.packages["identity_animals"], g["animals"]),
    "gost_12430_packages_t34": lambda g: samples.packages_to_open(RULES.packages["gost_12430_table_34"], g["packages"]),
    "gost_12430_average_sample_g": average_sample,
    "salmonella_sample_units_1a": salmonella,
    "mycotoxin_sampling_plan": increments,
    "mycotoxin_sublots": sublots,
    "mycotoxin_sampling_frequency": lambda g: interval_of_packages(
        g["lot_kg"], increment=g["incremental_kg"], aggregate=g["aggregate_kg"], package=g["package_kg"]
    ),
    "lab_decision_expanded_uncertainty": decision,
    "adjusted_risk": lambda g: absence.adjusted_risks(g["rr"], shares=g["ppr"]).tolist(),
    "clopper_pearson": lambda g: [float(x) for x in clopper_pearson(g["x"], g["n"], level=g["conf"])],
    "jeffreys_interval": lambda g: [float(x) for x in jeffreys(g["x"], g["n"], level=g["conf"])],
    "sample_size_binomial_imperfect": lambda g: [
        detection.binomial_size(p, confidence=g["sep"], sensitivity=g["se"]) for p in g["pstar"]
    ],
    "sample_size_freedom": for_absence,
    "sample_size_hypergeometric_cannon_roe": cannon_roe,
    "pooled_sample_size": pooled,
    "se_parallel": lambda g: absence.in_parallel(g["se"]),
    "se_series": lambda g: absence.in_series(g["se"]),
    "probability_of_freedom_over_time": over_time,
    "population_sensitivity_binomial": lambda g: [
        absence.system_sensitivity(n, levels=g["pstar"], sensitivity=g["se"]) for n in g["n"]
    ],
    "population_sensitivity_hypergeometric_approx": in_finite_lots,
    "risk_based_system_sensitivity": risk_based,
}


def read_cases(path: Path) -> list[Given]:
    return list(json.loads(path.read_text(encoding="utf-8"))["cases"]) if path.exists() else []


def only_what_is_expected(got: object, expected: object) -> object:
    """Leave out what a case does not speak of."""
    if isinstance(got, Mapping) and isinstance(expected, Mapping):
        return {name: got[name] for name in expected}
    return got


def agrees(got: object, expected: object, tolerance: float) -> bool:
    if isinstance(expected, Mapping) and isinstance(got, Mapping):
        return all(agrees(got[name], value, tolerance) for name, value in expected.items())
    if isinstance(expected, list) and isinstance(got, list):
        return len(got) == len(expected) and all(map(agrees, got, expected, [tolerance] * len(got)))
    if isinstance(expected, float) or isinstance(got, float):
        return bool(np.isclose(float(str(got)), float(str(expected)), rtol=0, atol=tolerance or 1e-12))
    return got == expected


SHARED_CASES = read_cases(SHARED)
EXCERPT_CASES = read_cases(EXCERPT)
ABSENT = f"SKIPPED: {SHARED} IS ABSENT; ONLY THE {len(EXCERPT_CASES)} CASES OF THE EXCERPT WERE TRIED"


def computed(cases: list[Given]) -> list[object]:
    return [pytest.param(case, id=case["id"]) for case in cases if case["algorithm"] not in ELSEWHERE]


def assert_case(case: Given) -> None:
    got = COMPUTED[case["algorithm"]](case["inputs"])
    shown = only_what_is_expected(got, case["expected"])
    assert agrees(got, case["expected"], case.get("tolerance") or 0), f"got {shown}, {case['source']} has otherwise"


@pytest.mark.parametrize("case", computed(EXCERPT_CASES))
def test_a_case_of_the_excerpt_is_reproduced(case: Given) -> None:
    assert_case(case)


@pytest.mark.skipif(not SHARED_CASES, reason=ABSENT)
@pytest.mark.parametrize("case", computed(SHARED_CASES))
def test_a_case_of_the_shared_file_is_reproduced(case: Given) -> None:
    assert_case(case)


@pytest.mark.skipif(not SHARED_CASES, reason=ABSENT)
def test_every_kind_of_the_shared_file_is_computed_here_or_listed_as_somebody_elses() -> None:
    kinds = Counter(case["algorithm"] for case in SHARED_CASES)
    assert set(kinds) - set(COMPUTED) - set(ELSEWHERE) == set(), "a kind that nobody has taken on"
    assert {kind: count for kind, count in kinds.items() if kind in ELSEWHERE} == ELSEWHERE
    assert sum(kinds.values()) - sum(ELSEWHERE.values()) == 330


def test_the_excerpt_holds_every_kind_that_is_computed() -> None:
    assert {case["algorithm"] for case in EXCERPT_CASES} == set(COMPUTED)


def test_a_wrong_value_would_be_noticed() -> None:
    for case in EXCERPT_CASES:
        if isinstance(case["expected"], int) and not isinstance(case["expected"], bool):
            with pytest.raises(AssertionError):
                assert_case({**case, "expected": case["expected"] + 1})
