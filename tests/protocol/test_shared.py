"""Large arrays through memory that two sides share: correct, bounded, safe against what is none of ours."""

from __future__ import annotations

import gc
import io
import os
import struct
import sys
import weakref
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.protocol import events, framing, requests, shared
from explorer.protocol.framing import BrokenStream, Reader
from explorer.protocol.shared import LEAST, Inlet, NoPool, Outlet

SIZE = 2**20
POOL = Inlet(2**16)
POOL.close_descriptor()


class Pair:
    """Both sides of one pool, and a stream between them."""

    def __init__(self, size: int = SIZE) -> None:
        self.inlet = Inlet(size)
        self.outlet = Outlet(os.dup(self.inlet.descriptor), self.inlet.mark)
        weakref.finalize(self, os.close, self.outlet._descriptor)
        self.inlet.close_descriptor()
        self.inlet.returned = self.outlet.give_back
        self.stream = io.BytesIO()

    def send(self, message: msgspec.Struct) -> int:
        """Write a message; returns how many bytes of it went through the stream."""
        at = self.stream.tell()
        framing.write(self.stream, message, self.outlet)
        return self.stream.tell() - at

    def receive(self) -> list[events.Event]:
        """All messages so far; their room is given back when nobody looks at them any more."""
        reader: Reader[events.Event] = Reader(io.BytesIO(self.stream.getvalue()), events.Event, self.inlet)
        found = []
        while True:
            try:
                found.append(reader.read())
            except framing.Closed:
                break
        self.stream = io.BytesIO()
        return found


@pytest.fixture
def pair() -> Pair:
    return Pair()


def weights(*arrays: np.ndarray) -> events.WeightSet:
    return events.WeightSet(address="a", names=("w",) * len(arrays), values=arrays, total=1)


def ramp(size: int, start: int = 0) -> np.ndarray:
    return np.arange(start, start + size // 4, dtype=np.float32)


def test_large_arrays_go_round_the_stream_small_ones_through_it(pair: Pair) -> None:
    large, small = ramp(LEAST), ramp(LEAST - 4)
    odd = np.arange(3 * LEAST, dtype=np.uint8).reshape(3, -1)[:, ::2]
    assert pair.send(weights(large, odd)) < 300
    assert pair.send(weights(small)) > small.nbytes
    first, second = pair.receive()
    assert isinstance(first, events.WeightSet)
    assert isinstance(second, events.WeightSet)
    for got, sent in zip((*first.values, *second.values), (large, odd, small), strict=True):
        assert got.dtype == sent.dtype
        assert np.array_equal(got, sent)


def test_what_was_handed_out_never_changes_and_is_ones_own(pair: Pair) -> None:
    pair.send(weights(ramp(SIZE // 4)))
    (first,) = pair.receive()
    assert isinstance(first, events.WeightSet)
    view = first.values[0][5::3]
    del first
    for number in range(9):  # more than the pool holds, again and again
        assert pair.send(weights(ramp(SIZE // 4, number))) < 300
        pair.receive()
    assert np.array_equal(view, ramp(SIZE // 4)[5::3])
    view[0] = 7  # it can be written to, as what comes through the pipe can
    del pair
    gc.collect()
    assert np.array_equal(view[1:], ramp(SIZE // 4)[8::3])


def test_room_is_given_back_with_the_last_view_in_any_order(pair: Pair) -> None:
    returned: list[int] = []
    pair.inlet.returned = returned.append
    for number in range(3):
        pair.send(weights(ramp(LEAST, number)))
    first, second, third = pair.receive()
    assert isinstance(second, events.WeightSet)
    assert isinstance(third, events.WeightSet)
    part = memoryview(second.values[0])[7:]
    maps = third.values[0].reshape(2, -1)[1]
    del second
    assert returned == []
    del third, first
    assert len(returned) == 1
    del part
    assert len(returned) == 2
    del maps
    assert len(set(returned)) == 3


def test_a_full_pool_falls_back_to_the_stream(pair: Pair) -> None:
    sent = [weights(ramp(SIZE // 4, number)) for number in range(8)]
    lengths = [pair.send(message) for message in sent]
    assert [length > SIZE // 4 for length in lengths] == [False] * 3 + [True] * 5
    got = pair.receive()
    assert len(got) == 8
    for a, b in zip(sent, got, strict=True):
        assert isinstance(b, events.WeightSet)
        assert np.array_equal(a.values[0], b.values[0])
    del got, b
    assert pair.send(sent[0]) < 300, "room that was given back was not used again"
    assert pair.send(weights(ramp(2 * SIZE))) > 2 * SIZE


@settings(max_examples=100)
@given(st.lists(st.lists(st.integers(1, 6), max_size=3), max_size=20), st.data())
def test_arrays_never_overlap(messages: list[list[int]], data: st.DataObject) -> None:
    """Messages of many sizes, read and let go of now and then: every array stays as it was sent."""
    pair, waiting, held, number = Pair(6 * LEAST), [], [], 0
    for sizes in messages:
        arrays = []
        for size in sizes:
            number += 1
            arrays.append(np.full(size * LEAST // 2 + number, number % 251, np.uint8))
        waiting.append(arrays)
        pair.send(weights(*arrays))
        if data.draw(st.booleans()):
            held += zip(pair.receive(), waiting, strict=True)
            waiting = []
        if held and data.draw(st.booleans()):
            _compare([held.pop(data.draw(st.integers(0, len(held) - 1)))])
    _compare([*held, *zip(pair.receive(), waiting, strict=True)])


def _compare(pairs: list[tuple[events.Event, list[np.ndarray]]]) -> None:
    for event, arrays in pairs:
        assert isinstance(event, events.WeightSet)
        assert all(map(np.array_equal, event.values, arrays))


def message(place: int, size: int) -> bytes:
    """A message whose array is said to lie somewhere in shared memory."""
    note = msgspec.msgpack.Ext(1, msgspec.msgpack.encode((0, "|u1", (size,))))
    body = msgspec.msgpack.encode(
        {"type": "WeightSet", "address": "", "names": [], "values": [note], "total": 1}
    )
    return struct.pack("<IIQ", len(body), 1, size | 1 << 63) + body + struct.pack("<Q", place)


@pytest.mark.parametrize(
    ("place", "size"),
    [
        (0, 16),
        (4095, 16),
        (SIZE - 15, 16),
        (SIZE + 1, 0),
        (2**63, 16),
        (2**64 - 1, 1),
        (4096, SIZE),
        (4096, 2**62),
    ],
)
def test_places_outside_the_pool_break_the_stream(pair: Pair, place: int, size: int) -> None:
    with pytest.raises(BrokenStream):
        Reader(io.BytesIO(message(place, size)), events.Event, pair.inlet).read()


def test_shared_memory_that_was_not_agreed_on_breaks_the_stream() -> None:
    with pytest.raises(BrokenStream, match="shared memory"):
        Reader(io.BytesIO(message(4096, 16)), events.Event).read()


@settings(max_examples=200)
@given(st.binary(max_size=80))
def test_garbage_breaks_the_stream_here_too(data: bytes) -> None:
    with pytest.raises(BrokenStream):
        Reader(io.BytesIO(data), requests.Request, POOL).read()


@pytest.mark.parametrize("mark", [b"", bytes(16), bytes(99)])
def test_an_outlet_wants_the_mark(mark: bytes) -> None:
    inlet = Inlet(SIZE)
    with pytest.raises(NoPool):
        Outlet(inlet.descriptor, mark)
    inlet.close_descriptor()


def test_an_outlet_is_no_file_of_the_users(tmp_path: Path) -> None:
    """A descriptor that happens to be a file, a pipe, a folder or nothing is not written to."""
    path = tmp_path / "thesis.txt"
    path.write_bytes(b"m" * 2**16)
    ends = os.pipe()
    descriptors = [os.open(path, os.O_RDWR), os.open(tmp_path, os.O_RDONLY), *ends]
    for descriptor in [*descriptors, 999_999, -1, 2**40]:
        with pytest.raises(NoPool):
            Outlet(descriptor, b"m" * 16)
    for descriptor in descriptors:
        os.close(descriptor)
    assert path.read_bytes() == b"m" * 2**16


def test_what_nobody_returns_and_what_is_returned_twice(pair: Pair) -> None:
    for place in (0, 5, -5, 2**70):
        pair.outlet.give_back(place)
    first = pair.outlet.put(memoryview(bytes(SIZE // 2)))
    assert first is not None
    for place in (first - 1, first + 1):
        pair.outlet.give_back(place)
    assert pair.outlet.put(memoryview(bytes(SIZE // 2))) is None
    for _ in range(2):
        pair.outlet.give_back(first)
    assert pair.outlet.put(memoryview(bytes(SIZE // 2))) == first


def test_memory_is_given_back_when_nothing_is_on_its_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "KEPT", SIZE)
    pair = Pair(8 * SIZE)

    def held() -> int:
        return os.fstat(pair.outlet._descriptor).st_blocks * 512

    pair.send(weights(ramp(3 * SIZE), ramp(2 * SIZE, 7)))
    pair.outlet.trim()
    assert held() >= 5 * SIZE, "room on its way was taken away"
    (got,) = pair.receive()
    assert isinstance(got, events.WeightSet)
    first, second = got.values
    del got, first
    pair.outlet.trim()
    assert held() <= 4 * SIZE
    assert np.array_equal(second, ramp(2 * SIZE, 7))
    del second
    pair.outlet.trim()
    assert held() <= SIZE
    pair.send(weights(ramp(5 * SIZE, 5)))
    (got,) = pair.receive()
    assert isinstance(got, events.WeightSet)
    assert np.array_equal(got.values[0], ramp(5 * SIZE, 5))


def test_the_program_keeps_its_memory_whole_against_the_engine() -> None:
    pair = Pair()
    with pytest.raises(OSError, match="not permitted"):
        os.ftruncate(pair.outlet._descriptor, 0)


def test_without_memory_files_an_unlinked_file_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.delattr(os, "memfd_create")
    pair = Pair(4 * SIZE)
    sent = [ramp(SIZE // 2, number) for number in range(7)]
    assert pair.send(weights(*sent)) < 500
    assert os.fstat(pair.outlet._descriptor).st_blocks * 512 >= 3 * SIZE, "the system has not set it aside"
    (got,) = pair.receive()
    assert isinstance(got, events.WeightSet)
    assert all(map(np.array_equal, got.values, sent))
    assert pair.outlet._map[:16] == pair.inlet.mark


def test_where_descriptors_are_not_handed_on_there_is_no_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(NoPool):
        Inlet(SIZE)


def test_a_system_without_room_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = Pair()

    def full(*_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    assert pair.send(weights(ramp(SIZE // 2))) > SIZE // 2
