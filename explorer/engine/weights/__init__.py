"""Weights: named by content, kept in a bounded store, carried through edits, read and written as files."""

from explorer.engine.weights.files import WeightProblem, load, save

__all__ = ["WeightProblem", "load", "save"]
