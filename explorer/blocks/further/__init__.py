"""Chapter 1.1.8, which goes on after the lecture's: later designs. One file for each family of blocks."""

CHAPTER = "1.1.8"
TITLE = "Later designs"
FILES = {
    "chance": "Random draws",
    "codes": "Times and codes",
    "operators": "Fourier layers",
    "experts": "Mixture of experts",
    "scans": "State spaces",
    "graphs": "Graphs",
}
"""Files of this chapter in the order of the palette, with their headings there."""
