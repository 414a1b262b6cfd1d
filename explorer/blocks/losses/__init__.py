"""Chapter 1.1.9, which goes on after the lecture's: losses. One file for each family of blocks."""

CHAPTER = "1.1.9"
TITLE = "Losses"
FILES = {
    "classes": "Losses of classes",
    "numbers": "Losses of numbers",
    "pairs": "Losses of pairs and games",
}
"""Files of this chapter in the order of the palette, with their headings there."""
