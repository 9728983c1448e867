"""Plans of every kind, to try what holds for all of them."""

from darvoza.methods.plans.continuous import ContinuousPlan, Variant
from darvoza.methods.plans.ladder import Ladder
from darvoza.methods.plans.states import Plan

CONTINUOUS = [
    ContinuousPlan(clearance=clearance, monitored=monitored, variant=variant, memory=memory)
    for variant in Variant
    for clearance, monitored, memory in ((1, 0.5, 1), (3, 0.25, None), (10, 0.1, 4))
]
LADDERS = [
    Ladder((1.0, 0.25, 0.05), (5, 20)),
    Ladder((1.0, 0.5, 0.25, 0.1), (10, 10, 10), quick=5),
    Ladder((1.0, 0.5, 0.25, 0.1), (4, 4, 4), first=3, falls_to=1),
    Ladder((1.0, 0.5, 0.25, 0.125, 0.0625), (4, 4, 4, 4), first=2, falls_by=2),
    Ladder((0.5, 0.2), (3,)),
]
ENDLESS: list[Plan] = [*CONTINUOUS, *LADDERS]
