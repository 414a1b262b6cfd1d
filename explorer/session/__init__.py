"""One open design and all that makes it live: weights, runs, looks, engine; no Qt and no torch."""
