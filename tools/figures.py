"""Work out the figures of every network of the gallery: `resources/gallery/` and a table beside the networks.

`python tools/figures.py`, or `make figures`.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from explorer.architectures.architecture import Architecture
from explorer.architectures.figures import Figures, compute
from explorer.architectures.gallery import gallery

ROOT = Path(__file__).resolve().parent.parent
HEAD = """# Figures of the gallery

Computed by this program (`make figures`) beside what papers and texts print; where a text is wrong, the last
column says what is right. MACs are multiply-accumulates of one sample at the usual input.

| id | year | input | trainable parameters | published, exact | MACs | weighted layers | what the texts say |
| --- | --- | --- | ---: | ---: | ---: | ---: | --- |
"""


def row(entry: Architecture, found: Figures) -> str:
    """One line of the table."""
    exact = f"{entry.parameters:,}" if entry.parameters is not None else ""
    words = entry.section("Figures").replace("|", "/")
    cells = (entry.id, entry.year, entry.input.text, f"{found.trainable:,}", exact, f"{found.macs:,}")
    return "| " + " | ".join(map(str, (*cells, found.weighted, words))) + " |"


def main() -> None:
    """Write both files."""
    entries = gallery()
    found = {name: compute(entry) for name, entry in entries.items()}
    folder = ROOT / "resources" / "gallery"
    folder.mkdir(exist_ok=True)
    lines = [
        f" {msgspec.json.encode(name).decode()}: {msgspec.json.encode(each).decode()}"
        for name, each in found.items()
    ]
    (folder / "figures.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
    table = "\n".join(row(entries[name], each) for name, each in found.items())
    (ROOT / "explorer" / "architectures" / "FIGURES.md").write_text(HEAD + table + "\n")


if __name__ == "__main__":
    main()
