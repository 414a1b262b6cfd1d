"""Names of ImageNet's classes: `python resources/data/make/imagenet_classes.py FOLDER_OF_THE_WHEEL`.

The first of each class's synonyms; where two classes share it, the second, too.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent


def main(folder: str) -> None:
    """Read the labels, write a name a line."""
    labels = json.loads((Path(folder) / "imagenet_classes" / "imagenet1k_label_to_names.json").read_text())
    synonyms = [labels[str(number)].split(", ") for number in range(len(labels))]
    count = Counter(words[0] for words in synonyms)
    names = [words[0] if count[words[0]] == 1 else ", ".join(words[:2]) for words in synonyms]
    (HERE / "imagenet_classes.txt").write_text("\n".join(names) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
