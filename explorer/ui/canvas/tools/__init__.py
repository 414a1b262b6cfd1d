"""Gestures: one state class per file; the canvas has at most one at a time."""
