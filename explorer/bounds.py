"""How large anything may be that comes from outside, in one place, with the reasons.

All of it is looked at before memory is taken or time is spent. Each bound stands far above what people draw
and far below what takes a machine down; what is larger is refused in a sentence with both numbers.
"""

from __future__ import annotations

KIB, MIB, GIB = 2**10, 2**20, 2**30

# a design; in the gallery the largest has 4,209 layers, and the deepest four levels

DESIGN_BYTES = 64 * MIB
"""Of a design file. A hundred thousand nodes with four wires each take 20."""
JSON_DEPTH = 32
"""Brackets inside brackets of a design file, which needs six; a parser recurses once for each."""
NODES = 100_000
"""On one level, and in all levels of a file together; a canvas shows 10,000 at once without a stutter."""
WIRES = 400_000
"""On one level, and in all levels of a file together."""
LAYERS = 100_000
"""That a design unfolds into. Groups of groups double with every level: thirty of them are a thousand million
layers in eight kilobytes. A flow is memoised and does not unfold; whatever names each layer does."""
NESTED_GROUPS = 32
"""Levels of groups inside groups: an address is read by people, and a walk recurses once for each."""
FAULTS_LIFTED = 20
"""Faults inside one group that are told where it is used; each use on each level above tells them again."""
NAME_LENGTH = 200
TEXT_LENGTH = 10_000
LIST_LENGTH = 100
FIELDS = 100
"""Of one node; the block with most has 12."""
FARTHEST = 1e9
"""A place on the canvas, in its units; beyond, floats are coarser than a pixel."""
LARGEST_FLOAT = 1e300
"""So that sums and products of two stay finite in most formulas, and the text is a number of JSON."""
LARGEST_INT = 2**63 - 1
"""Of whole numbers, either side of nought: what messages carry, and what torch and numpy count with."""
WORD_SHOWN = 60
"""Letters of somebody else's text that a sentence quotes."""

PICTURE_NODES = 5_000
"""On the top level of a design that is drawn into a file; in a picture of more nothing can be read."""
PICTURE_WIRES = 20_000

# the user's own blocks

OWN_BLOCKS = 500
"""Files in the user's folder of blocks that are read; the others are left alone, and said."""
OWN_BLOCK_BYTES = 4 * MIB
"""Of one of them; 500 of the usual 10 KB are read in half a second."""
OWN_CODE_BYTES = 256 * 1024
"""Of a Python file that declares blocks; the largest of ours has 30 KB."""

# pictures and files of tensors

PICTURE_BYTES = 64 * MIB
PICTURE_PIXELS = 25_000_000
"""Of a picture as it is decoded: 100 MB, and as much without its alpha. A png of 190 KB may have 900."""
PHOTO_PIXELS = 50_000_000
"""Of a JPEG as it is stored; it is decoded at a fraction of that, but may need 6 bytes a pixel on the way."""
WEIGHT_BYTES = 8 * GIB
"""Of a file of weights, and of all tensors in it once unpacked."""
UNPACKED_TIMES = 4
"""How many times larger than its file the inside of an archive may be. Weights hardly shrink when packed."""
TENSORS = 20_000
"""In one file; the networks in the gallery have 3,500 at most."""
PICKLE_BYTES = 8 * MIB
"""Of the description of a checkpoint, which names tensors and does not hold them: 200 bytes for each."""
PICKLE_STEPS = 1_000_000
"""Instructions of such a description, about 40 for each tensor."""
HEADER_BYTES = 16 * MIB
"""Of the table at the front of a safetensors file: 100 bytes for each tensor."""

# what is worked out

ATTENTION_BYTES = GIB
"""Of the attention maps that a look takes apart and sends: it holds tokens × tokens × heads
values, so that 2,000 tokens at 8 heads take 128 MiB and 16,000 tokens 8 GiB."""
PATH_BYTES = GIB // 2
"""Of what the steps of integrated gradients keep that are computed at once; fewer where each is large."""
LOOK_MACS = 5 * 10**13
"""MACs that a command runs without being told to wait for them: a quarter of an hour on two cores.
Integrated gradients of the largest network in the gallery take 4.6 · 10¹³, its features 3 · 10¹¹."""
LAYER_MACS = 10**12
"""Of one layer for one sample on a processor, half a minute on two cores; the gallery reaches 7 · 10¹⁰."""

# messages between the window and its engine

MESSAGE_BYTES = 256 * MIB
MESSAGE_ARRAYS = 100_000
ARRAY_BYTES = 4 * GIB

# what is kept without being asked

RUN_FOLDERS = 20
"""Folders of checkpoints under `runs`; the oldest goes when another is made."""
RUN_BYTES = 2 * GIB
"""Of all of them together."""


def shown(text: str, most: int = WORD_SHOWN) -> str:
    """Somebody else's text in a sentence: one line, and no longer than can be read."""
    line = "".join(letter if letter.isprintable() else "�" for letter in text[: most + 1])
    return line if len(line) <= most else line[: most - 1] + "…"
