"""The edit history as a list."""
