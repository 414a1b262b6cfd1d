"""The user's own blocks in the window: saving a group, the rows of the palette, trusting Python files."""
