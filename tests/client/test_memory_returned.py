"""What a job or a design took of the machine's memory is given back, seen from outside the engine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from engines import Talk
from nets import chain, design, node

from explorer.graph.document import Document
from explorer.protocol import events, requests
from explorer.protocol.records import Sample

SMALL = chain((3, 16, 16), node("conv1", "conv2d", filters=4))
WITHIN = 3.0
"""Seconds in which memory is given back."""
SHARE = 0.7
"""Of what was taken, so much is given back at least."""


def many_maps(layers: int = 24, side: int = 256) -> Document:
    """Convolutions one after another whose outputs are all kept for the end, some MB each."""
    convs = [node(f"conv{n}", "conv2d", filters=16 + n, padding=1) for n in range(layers)]
    ends = [node("concat", "concat"), node("pool", "global_pool"), node("output", "output")]
    return design(
        [node("input", "input", shape=(3, side, side)), *convs, *ends],
        "input -> conv0",
        *[f"conv{n} -> conv{n + 1}" for n in range(layers - 1)],
        *[f"conv{n} -> concat.x{n + 1}" for n in range(layers)],
        "concat -> pool",
        "pool -> output",
    )


class Memory:
    """Resident memory of an engine in bytes: now, and at most so far."""

    def __init__(self, pid: int) -> None:
        self._process, self._status = psutil.Process(pid), Path(f"/proc/{pid}/status")

    @property
    def now(self) -> int:
        return int(self._process.memory_info().rss)

    @property
    def peak(self) -> int:
        return int(self._status.read_text().split("VmHWM:")[1].split()[0]) * 1024

    def falls_to(self, most: float) -> bool:
        ends = time.monotonic() + WITHIN
        while self.now > most and time.monotonic() < ends:
            time.sleep(0.05)
        return self.now <= most


@pytest.fixture
def talk() -> Iterator[Talk]:
    talk = Talk()
    talk.engine.start()
    talk.wait(events.Ready)
    talk.load(SMALL)
    talk.ask(requests.Answers(sample=Sample()))
    yield talk
    talk.engine.close(wait=True)


def test_a_large_forward_pass_gives_its_memory_back(talk: Talk) -> None:
    memory = Memory(talk.engine.pid or 0)
    before = memory.now
    assert isinstance(talk.load(many_maps()), events.Loaded)
    assert isinstance(talk.ask(requests.Answers(sample=Sample())), events.AnswerSet)
    took = memory.peak - before
    assert took > 200 * 2**20
    assert memory.falls_to(before + (1 - SHARE) * took), f"{(memory.now - before) / took:.0%} kept"


@pytest.mark.parametrize("looks", [(), (requests.Measure(),), (requests.Tiles(sample=Sample()),)], ids=repr)
def test_another_design_gives_the_memory_of_the_last_one_back(
    talk: Talk, looks: tuple[requests.Request, ...]
) -> None:
    memory = Memory(talk.engine.pid or 0)
    before = memory.now
    heavy = chain((6_000,), node("fc1", "linear", features=6_000), node("fc2", "linear", features=4_000))
    assert isinstance(talk.load(heavy), events.Loaded)
    for look in looks:
        assert not isinstance(talk.ask(look), events.Failed)
    took = memory.now - before
    assert took > 200 * 2**20
    talk.load(SMALL)
    assert memory.falls_to(before + (1 - SHARE) * took), f"{(memory.now - before) / took:.0%} kept"


def test_pictures_of_all_layers_take_no_more_than_a_forward_pass(talk: Talk) -> None:
    """They are made one by one: full maps need not be there together."""
    deep = chain((3, 256, 256), *[node(f"conv{n}", "conv2d", filters=32, padding=1) for n in range(24)])
    assert isinstance(talk.load(deep), events.Loaded)
    assert isinstance(talk.ask(requests.Answers(sample=Sample())), events.AnswerSet)
    memory = Memory(talk.engine.pid or 0)
    plain = memory.peak
    tiles = talk.ask(requests.Tiles(sample=Sample()))
    assert isinstance(tiles, events.TileSet)
    assert len(tiles.tiles) == 24
    all_maps = 24 * 32 * 256 * 256 * 4
    assert memory.peak - plain < all_maps / 4
