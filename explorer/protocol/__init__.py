"""What the program and its engine say to each other: frozen records and how they are framed."""

VERSION = 1
"""Both sides must speak the same version."""
