"""Editors for the fields of a block."""
