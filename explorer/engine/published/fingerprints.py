"""Networks of other libraries, recognised by the names and sizes of their tensors.

A fingerprint is a number made from the names of all learnt tensors and their sizes but the first, so that
the number of classes, the order of a file and counters of batches do not change it. `fingerprints.json`
holds, for every library, the networks of a fingerprint.

To add a library or a newer version of one: give `tools/fingerprints.py` a maker for its networks, run it in
an environment that has the library, and commit the table. Where its networks are also ours, add a name map in
`names/`, a peer in `tools/published_names.py`, and what both do differently in `differences.py`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from explorer.engine.published.layers import COUNTER, State

TABLE = Path(__file__).with_name("fingerprints.json")
DIGITS = 10
_WORKED_OUT = (COUNTER, "relative_position_index", "attn_mask", "relative_coords_table", "position_ids")
"""Ends of names that a library keeps or leaves out from version to version."""

LIBRARIES: dict[str, tuple[str, ...]] = {
    "segmentation-models-pytorch": (r"segmentation_head\.0\.weight", r"decoder\.(blocks|p5|psp|aspp)\..*"),
    "transformers": (
        r"(\w+\.)?embeddings\.(word_embeddings|cls_token|patch_embeddings)\..*",
        r"(\w+\.)?embedder\.(embedder|stem_embedder)\..*",
        r"(\w+\.)?encoder\.layer\.\d+\.attention\..*",
        r"(\w+\.)?encoder\.stages\.\d+\.layers\.\d+\..*",
        r"(model|transformer)\.(layers|h)\.\d+\..*",
    ),
    "pytorchcv": (r"features\.(init_block|stage1)\..*",),
    "timm": (r"conv_stem\.weight", r"blocks\.0\..*", r"stages\.0\.blocks\..*", r"patch_embed\.proj\..*"),
    "torchvision": (
        r"features\.\d+\.(\d+\.)*(block\.)?.*",
        r"backbone\.body\..*",
        r"encoder\.layers\.encoder_layer_0\..*",
        r"(backbone\.)?layer1\.0\..*",
    ),
}
"""What names of a library look like where no fingerprint is known, the more telling ones first."""


@dataclass(frozen=True)
class Origin:
    """Whose file it is.

    Attributes:
        library: its name. networks: all of this fingerprint; none where only the library is known.

    """

    library: str
    networks: tuple[str, ...] = ()

    def __str__(self) -> str:
        """`resnet50 of torchvision`, or the library alone."""
        first = " or ".join(self.networks[:2])
        return f"{first} of {self.library}" if first else self.library


def fingerprint(state: State) -> str:
    """Hexadecimal digits of names and sizes."""
    rows = sorted(
        f"{key} {tuple(value.shape[1:])}" for key, value in state.items() if not key.endswith(_WORKED_OUT)
    )
    return sha256("\n".join(rows).encode()).hexdigest()[:DIGITS]


@cache
def table() -> dict[str, dict[str, tuple[str, ...]]]:
    """Networks by library and fingerprint."""
    found: dict[str, dict[str, str]] = json.loads(TABLE.read_text("utf-8"))
    return {
        library: {number: tuple(names.split()) for number, names in rows.items()}
        for library, rows in found.items()
    }


def origins(state: State) -> tuple[Origin, ...]:
    """Libraries that a file can come from; several where they write one network under the same names."""
    number = fingerprint(state)
    known = tuple(Origin(library, rows[number]) for library, rows in table().items() if number in rows)
    return known or tuple(Origin(library) for library in _likely(state))


def _likely(state: State) -> tuple[str, ...]:
    for library, patterns in LIBRARIES.items():
        if any(re.fullmatch(pattern, key) for key in state for pattern in patterns):
            return (library,)
    return ()
