"""Feature maps of the selected layer."""
