"""Messages as bytes: round trips of every record, and streams that are none of ours."""

from __future__ import annotations

import io
import os
import resource
import struct
import typing
from contextlib import suppress

import msgspec
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from explorer.protocol import events, framing, requests
from explorer.protocol.framing import BrokenStream, Reader, write
from explorer.protocol.records import Sample

DTYPES = st.one_of(
    hnp.boolean_dtypes(),
    hnp.integer_dtypes(endianness="?"),
    hnp.unsigned_integer_dtypes(endianness="?"),
    hnp.floating_dtypes(endianness="?", sizes=(16, 32, 64)),
)
ARRAYS = hnp.arrays(DTYPES, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))


def there_and_back(message: msgspec.Struct, union: object) -> typing.Any:
    stream = io.BytesIO()
    write(stream, message)
    stream.seek(0)
    return Reader(stream, union).read()


def same(a: object, b: object) -> bool:
    if isinstance(a, np.ndarray):
        return (
            isinstance(b, np.ndarray)
            and a.dtype == b.dtype
            and a.shape == b.shape
            and a.tobytes() == b.tobytes()
        )
    if isinstance(a, msgspec.Struct):
        return type(a) is type(b) and all(same(getattr(a, f), getattr(b, f)) for f in a.__struct_fields__)
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, tuple):
        return isinstance(b, tuple) and len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and (a == b or (a != a and b != b))


@given(ARRAYS)
def test_arrays_of_all_kinds(array: np.ndarray) -> None:
    for form in (array, array.T, array[..., ::-1] if array.ndim else array, np.asfortranarray(array)):
        got = there_and_back(requests.Tiles(sample=Sample(values=form)), requests.Request)
        assert same(got.sample.values, np.asarray(form, order="C"))


def test_what_arrives_can_be_written_to() -> None:
    got = there_and_back(requests.Tiles(sample=Sample(values=np.zeros(3))), requests.Request)
    got.sample.values[0] = 1


def _value(kind: typing.Any, draw: typing.Any) -> typing.Any:
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if kind is np.ndarray:
        return draw(ARRAYS)
    if origin is typing.Literal:
        return draw(st.sampled_from(inner))
    if origin is tuple:
        parts = inner[:1] * draw(st.integers(0, 3)) if inner[-1] is Ellipsis else inner
        return tuple(_value(part, draw) for part in parts)
    if origin is dict:
        return {key: _value(inner[1], draw) for key in draw(st.lists(st.text(max_size=5), max_size=3))}
    if inner:  # one of several kinds; whole numbers stay in tuples whole
        chosen = draw(st.sampled_from(inner))
        return None if chosen is type(None) else _value(chosen, draw)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return record(kind, draw)
    simple = {
        int: st.integers(0, 2**63 - 1),
        float: st.floats(),
        str: st.text(max_size=9),
        bytes: st.binary(max_size=9),
        bool: st.booleans(),
    }
    return draw(simple[kind])


def record(kind: type[msgspec.Struct], draw: typing.Any) -> msgspec.Struct:
    hints = typing.get_type_hints(kind)
    return kind(**{name: _value(hints[name], draw) for name in kind.__struct_fields__})


REQUESTS, EVENTS = typing.get_args(requests.Request), typing.get_args(events.Event)


@settings(max_examples=5)
@pytest.mark.parametrize("kind", [*REQUESTS, *EVENTS], ids=lambda kind: kind.__name__)
@given(st.data())
def test_every_record_arrives_as_it_was_sent(kind: type[msgspec.Struct], data: st.DataObject) -> None:
    message = record(kind, data.draw)
    union = requests.Request if kind in REQUESTS else events.Event
    assert same(there_and_back(message, union), message)


def test_many_messages_in_one_stream_that_comes_in_pieces() -> None:
    out, into = os.pipe()
    with os.fdopen(out, "rb", buffering=0) as source, os.fdopen(into, "wb", buffering=0) as sink:
        reader: Reader[requests.Request] = Reader(source, requests.Request)
        whole = io.BytesIO()
        for number in range(20):
            write(whole, requests.Tiles(job=number, sample=Sample(values=np.arange(number))))
        data = whole.getvalue()
        for start in range(0, len(data), 7):
            sink.write(data[start : start + 7])
        for number in range(20):
            got = reader.read()
            assert isinstance(got, requests.Tiles)
            assert got.job == number
            assert got.sample.values is not None
            assert got.sample.values.tolist() == list(range(number))
        sink.close()
        with pytest.raises(BrokenStream, match="closed"):
            reader.read()


@pytest.mark.parametrize(
    "odd",
    [
        np.array(["a"]),
        np.array([1j]),
        np.array([None]),
        np.array(["2020"], "datetime64[D]"),
        np.zeros(2, "f4,f4"),
    ],
)
def test_what_does_not_travel_is_not_half_sent(odd: np.ndarray) -> None:
    stream = io.BytesIO()
    with pytest.raises(TypeError, match="travel"):
        write(stream, requests.Tiles(sample=Sample(values=odd)))
    assert not stream.getvalue()


def read(data: bytes) -> object:
    return Reader(io.BytesIO(data), requests.Request).read()


@settings(max_examples=300)
@given(st.binary(max_size=64))
@example(struct.pack("<II", 2**28, 0))
@example(struct.pack("<IIQ", 1, 1, 2**40))
@example(struct.pack("<IIQ", 1, 1, 2**32 - 1) + b"a")
@example(struct.pack("<II", 2**32 - 1, 2**32 - 1))
@example(struct.pack("<II", 60_000, 0) + b"\x91" * 60_000)
def test_garbage_breaks_the_stream_and_nothing_else(data: bytes) -> None:
    with pytest.raises(BrokenStream):
        read(data)


@settings(max_examples=300)
@given(st.data())
def test_damaged_messages_too(data: st.DataObject) -> None:
    stream = io.BytesIO()
    write(stream, requests.Tiles(sample=Sample(values=np.arange(6, dtype="f4").reshape(2, 3))))
    damaged = bytearray(stream.getvalue())
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    with suppress(BrokenStream):
        read(bytes(damaged))


def framed(*header: object, buffers: tuple[bytes, ...] = ()) -> bytes:
    body = msgspec.msgpack.encode(header[0])
    return (
        struct.pack(f"<II{len(buffers)}Q", len(body), len(buffers), *map(len, buffers))
        + body
        + b"".join(buffers)
    )


@pytest.mark.parametrize(
    "note",
    [
        (0, "O", (1,)),
        (0, "V4", (1,)),
        (0, "(2", (1,)),
        (0, "f8,f8", (1,)),
        (0, "<f4", (-1, -1)),
        (0, "<f4", (2,)),
        (0, "<U1", (1,)),
        (1, "<f4", (1,)),
        (-1, "<f4", (1,)),
        (0, "<f4", (2**63 - 1, 0)),
        (0, "<f99", (1,)),
        "text",
        None,
        (0, "<f4", "a"),
    ],
    ids=repr,
)
def test_arrays_that_are_described_wrongly(note: object) -> None:
    ext = msgspec.msgpack.Ext(1, msgspec.msgpack.encode(note))
    with pytest.raises(BrokenStream):
        read(framed({"type": "Tiles", "sample": {"values": ext}}, buffers=(b"\0" * 4,)))
    with pytest.raises(BrokenStream):
        read(framed({"type": "Tiles", "sample": {"values": [1.0]}}))


def test_an_announced_array_takes_no_memory_before_it_arrives() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(BrokenStream):
        read(struct.pack("<IIQ", 0, 1, framing.MOST_BUFFER))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # KiB


def test_unknown_messages_break_the_stream() -> None:
    for header in ({"type": "Destroy"}, {}, [], None, {"type": "Tiles"}, {"type": "Hello", "version": "one"}):
        with pytest.raises(BrokenStream):
            read(framed(header))
