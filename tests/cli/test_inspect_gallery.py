"""Each view of `inspect` answers or refuses in words, for the networks of the gallery that are light enough.

`python tests/cli/inspect_gallery.py` does the same for all of them.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from inspect_gallery import is_quick, look

from explorer.architectures.gallery import find, gallery

QUICK = [id for id in gallery() if is_quick(id)]


def test_what_is_quick_covers_the_gallery() -> None:
    assert len(QUICK) >= 25
    assert {find(id).input.axes for id in QUICK} >= {("C", "H", "W"), ("T", "D"), ("D",)}


@pytest.mark.parametrize("id", QUICK)
def test_every_view_answers_or_says_why_not(id: str, tmp_path: Path) -> None:
    refused = look(id, tmp_path)
    assert all(view.startswith(("attention", "attribution", "filters")) for view in refused), refused

    assert all(words.endswith(".") for words in refused.values()), refused
