"""Levers by desk: a lever is its arguments, check and effect in one place; its hands and minutes are scenario data.

The registry itself stands with the commands, where the simulation below looks levers up by name; who needs all of them asks here.
"""

from engine.commands import LEVERS
from engine.levers import agenda, deployer, deployment, duties, facilitator, injects, names, operator, risk, routing, safeguards, talk, versions

__all__ = [
    "LEVERS", "agenda", "deployer", "deployment", "duties", "facilitator", "injects", "names", "operator", "risk", "routing", "safeguards", "talk",
    "versions",
]  # fmt: skip
