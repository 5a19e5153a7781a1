"""Levers by desk: a lever is its arguments, check and effect in one place; its hands and minutes are scenario data."""

from engine.levers import agenda, deployer, deployment, facilitator, injects, operator, risk, safeguards, talk

__all__ = ["agenda", "deployer", "deployment", "facilitator", "injects", "operator", "risk", "safeguards", "talk"]
