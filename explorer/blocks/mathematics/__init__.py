"""Chapter 1.1.7, which goes on after the lecture's: mathematics. One file for each family of blocks."""

CHAPTER = "1.1.7"
TITLE = "Mathematics"
FILES = {
    "functions": "Value by value",
    "reductions": "Over axes",
    "products": "Products",
}
"""Files of this chapter in the order of the palette, with their headings there."""
