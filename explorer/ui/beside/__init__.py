"""Two designs beside each other: what differs, marked on both and listed."""
