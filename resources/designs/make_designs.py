"""Write the starter designs, in the order of a course: `python resources/designs/make_designs.py`."""

from __future__ import annotations

from pathlib import Path

from explorer.architectures.gallery import find
from explorer.graph import files
from explorer.graph.edits import SetSetting

STARTERS: dict[str, tuple[str, tuple[int, ...] | None, int]] = {
    # network, size of its input, and number of the sample it opens with: a seven, or one of those held out
    "01-points": ("mlp_spirals", None, 2),
    "02-digits": ("lenet5_modern", (1, 28, 28), 2),
    "03-photographs": ("efficientnet_lite0", None, 0),
    "04-residual": ("resnet20_textures", None, 1802),
    "05-segmentation": ("unet_shapes", None, 823),
    "06-detection": ("ssd_shapes", None, 823),
    "07-memory": ("lstm_delay", None, 2404),
    "08-translation": ("french_luong", None, 0),
    "09-vision-transformer": ("vit_mnist", None, 2),
    "10-writing": ("gpt_shakespeare", None, 0),
}


def main() -> None:
    for name, (architecture, size, sample) in STARTERS.items():
        document = find(architecture).build(size)
        document.apply(SetSetting("sample", sample))
        files.save(document, Path(__file__).parent / f"{name}{files.SUFFIX}")


if __name__ == "__main__":
    main()
