"""Chapter 1.1.6 of the lecture: normalisation. One file for each family of blocks."""

CHAPTER = "1.1.6"
TITLE = "Normalisation"
FILES = {
    "statistics": "Normalised activations",
    "scales": "Scaled and conditioned",
    "weights": "Normalised weights",
    "responses": "Damped by neighbours",
}
"""Files of this chapter in the order of the palette, with their headings there."""
