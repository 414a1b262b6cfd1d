"""Chapter 1.1.5 of the lecture: pooling. One file for each family of blocks."""

CHAPTER = "1.1.5"
TITLE = "Pooling"
FILES = {
    "windows": "Windows",
    # "random": "Random and mixed",
    # "ranked": "Ranked and weighted",
    # "whole": "Whole maps",
    # "pyramids": "Pyramids",
    # "regions": "Regions",
    # "spectrum": "Spectra and sketches",
    # "fitted": "Fitted without gradients",
}
"""Files of this chapter in the order of the palette, with their headings there."""
