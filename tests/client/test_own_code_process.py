"""A Python file of the user's own in a real engine process: asleep, and woken while the engine runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from engines import Talk
from nets import design, node

from explorer import trust
from explorer.protocol import events

BLOCK = '''
from pathlib import Path
Path({marker!r}).write_text("it ran")
from explorer.blocks.block import Composite, block

@block("twice_in_engine", category="1.1.1", family="composite")
class Twice(Composite):
    """Two ReLUs.

    Shapes: x → y.  Parameters: 0.
    Source: this test."""

    def expand(self, g, x):
        return g.add("relu", g.add("relu", x))
'''


def test_the_engine_leaves_it_asleep_and_needs_no_new_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_CONFIG_DIR", str(tmp_path / "config"))
    marker, path = tmp_path / "marker", tmp_path / "config" / "blocks" / "mine.py"
    path.parent.mkdir(parents=True)
    path.write_text(BLOCK.format(marker=str(marker)))
    document = design(
        [node("input", "input", shape=(1, 4, 4)), node("a", "twice_in_engine"), node("output", "output")],
        *("input -> a", "a -> output"),
    )
    talk = Talk()
    talk.engine.start()
    try:
        answer = talk.load(document)
        assert isinstance(answer, events.Failed)
        assert "not trusted" in answer.message
        assert not marker.exists()
        trust.trust(trust.code_at(path))
        assert not isinstance(talk.load(document, revision=2), events.Failed)
        assert marker.exists()
    finally:
        talk.engine.close()
