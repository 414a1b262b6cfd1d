"""Chapter 1.1.5 of the lecture: pooling. One file for each family of blocks."""

CHAPTER = "1.1.5"
TITLE = "Pooling"
FILES = {
    "windows": "Windows and whole maps",
    "mixed": "Mixed and stochastic",
    "ranked": "Ranked and weighted",
    "pyramids": "Pyramids",
    "regions": "Regions",
    "spectrum": "Spectra and sketches",
    "fitted": "Fitted without gradients",
}
"""Files of this chapter in the order of the palette, with their headings there."""
