"""Chapter 1.1.4 of the lecture: attention. One file for each family of blocks."""

CHAPTER = "1.1.4"
TITLE = "Attention"
FILES = {
    "alignment": "Encoder-decoder",
    "self_alignment": "Self-attention",
    "types": "Global, local and hard",
    "transformer": "Transformer",
    "positions": "Places and masks",
    "feed_forward": "Feed-forward",
    "translation": "Sequence to sequence",
}
"""Files of this chapter in the order of the palette, with their headings there."""
