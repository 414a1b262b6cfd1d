"""Menus: the window's own, and the one that opens on what was clicked."""
