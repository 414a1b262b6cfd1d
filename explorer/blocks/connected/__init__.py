"""Chapter 1.1.1 of the lecture: fully connected. One file for each family of blocks."""

CHAPTER = "1.1.1"
TITLE = "Fully connected"
FILES = {
    "linear": "Fully connected layers",
    "activation": "Activations",
    "tokens": "Token inputs",
    "ends": "Inputs, outputs",
    "shapes": "Shape",
    "joins": "Merge and split",
}
"""Files of this chapter in the order of the palette, with their headings there."""
