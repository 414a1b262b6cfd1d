"""Which input values the answer depends on."""
