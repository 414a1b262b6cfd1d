"""Runs: settings, curves, list of runs, decision regions."""
