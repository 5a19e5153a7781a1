"""Levers by desk: a lever is its arguments, check and effect in one place; its hands and minutes are scenario data."""

from engine.levers import deployer, deployment, facilitator, operator, risk, safeguards, talk

__all__ = ["deployer", "deployment", "facilitator", "operator", "risk", "safeguards", "talk"]
