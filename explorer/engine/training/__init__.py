"""Training: a loop that yields after every step, so that the engine can serve requests in between."""
