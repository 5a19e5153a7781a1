"""Experiments: the same plan over many seeds."""
