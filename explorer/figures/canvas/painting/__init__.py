"""Painters: pure functions that draw views; they know no scene and no document."""
