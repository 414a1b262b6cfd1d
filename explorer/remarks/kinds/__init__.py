"""Kinds of remarks: one marked function each, in a file for each topic."""
