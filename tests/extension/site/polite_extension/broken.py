"""What goes wrong when it is imported."""

raise RuntimeError("this one is broken")
