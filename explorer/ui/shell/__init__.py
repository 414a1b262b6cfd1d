"""The window's frame: top bar, dock, status bar and how they share the space."""
