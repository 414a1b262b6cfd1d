"""Write the starter designs: `python resources/designs/make_designs.py`."""

from __future__ import annotations

from pathlib import Path

from explorer.architectures.gallery import find
from explorer.graph import files
from explorer.graph.edits import SetSetting

STARTERS = {
    # the number orders them in the menu
    "1-mlp-on-spirals": ("mlp_spirals", None),
    "2-lenet-5": ("lenet5_modern", (1, 28, 28)),
    "3-small-resnet": ("resnet_small", None),
    "4-small-vit": ("vit_mnist", None),
    "5-lstm-on-rows": ("lstm_rows", None),
}

SAMPLE = 2
"""Number of the sample a design opens with; in mnist5k it is a seven."""


def main() -> None:
    for name, (architecture, size) in STARTERS.items():
        document = find(architecture).build(size)
        document.apply(SetSetting("sample", SAMPLE))
        files.save(document, Path(__file__).parent / f"{name}{files.SUFFIX}")


if __name__ == "__main__":
    main()
