"""Published weights: where they lie, how they are fetched, and where they are kept. No Qt, no torch."""
