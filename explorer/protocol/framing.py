"""Messages as bytes: lengths, a msgpack header, then the raw array buffers.

```
u32 length of header · u32 number of buffers · u64 length of each buffer · header · buffers
```
No pickle anywhere: an array is its number type, its shape and its bytes. Where both sides agreed on shared
memory, the highest bit of a length says that the bytes lie there; the buffer is then the u64 of their place.
"""

from __future__ import annotations

import re
import struct
from math import prod
from typing import Any, BinaryIO, Generic, TypeVar

import msgspec
import numpy as np

from explorer.protocol.shared import LEAST, Inlet, Outlet

MOST_HEADER = 256 * 2**20
MOST_BUFFERS = 100_000
MOST_BUFFER = 4 * 2**30
_HEAD = struct.Struct("<II")
_PLACE = struct.Struct("<Q")
_ELSEWHERE = 1 << 63
_EXT = 1
_KINDS = "biuf"
_DTYPE = re.compile(r"[<>|=]?[biuf]\d{1,2}\Z")
_PIECE = 16 * 2**20
T = TypeVar("T")


class BrokenStream(ConnectionError):
    """The other side is gone, or what arrives is no message of ours."""


class Closed(BrokenStream):
    """The other side is gone, or has closed the stream."""


def write(stream: BinaryIO, message: msgspec.Struct, outlet: Outlet | None = None) -> None:
    """Send one message; arrays inside it go as raw buffers behind the header.

    Args:
        stream: to the other side. message: a record of the protocol.
        outlet: shared memory that both sides agreed on, for large arrays.

    Raises:
        TypeError: it holds something that does not travel; nothing has been sent.
        OSError, ValueError: the other side is gone, or the stream is closed.

    """
    for piece in pack(message, outlet):
        stream.write(piece)
    stream.flush()


def pack(message: msgspec.Struct, outlet: Outlet | None = None) -> list[bytes | memoryview]:
    """The bytes of one message, in pieces; raises `TypeError` for what does not travel."""
    buffers: list[memoryview] = []

    def encode(value: object) -> object:
        if isinstance(value, np.ndarray):
            if value.dtype.kind not in _KINDS:
                raise TypeError(f"arrays of {value.dtype} do not travel")
            array = np.asarray(value, order="C")
            note = msgspec.msgpack.encode((len(buffers), array.dtype.str, array.shape))
            buffers.append(array.reshape(-1).view(np.uint8).data if array.size else memoryview(b""))
            return msgspec.msgpack.Ext(_EXT, note)
        if isinstance(value, np.generic):
            return value.item()
        raise TypeError(f"{type(value).__name__} does not travel")

    try:
        header = msgspec.msgpack.encode(message, enc_hook=encode)
    except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError) as problem:
        raise TypeError(str(problem)) from None
    lengths, bodies = [], list[bytes | memoryview]()
    for buffer in buffers:
        place = outlet.put(buffer) if outlet is not None and len(buffer) >= LEAST else None
        lengths.append(len(buffer) if place is None else len(buffer) | _ELSEWHERE)
        bodies.append(buffer if place is None else _PLACE.pack(place))
    head = _HEAD.pack(len(header), len(buffers)) + struct.pack(f"<{len(buffers)}Q", *lengths)
    return [head + header, *bodies]


class Reader(Generic[T]):
    """Reads messages of one union type from a stream; large arrays may lie in shared memory, of `inlet`."""

    def __init__(self, stream: BinaryIO, type_: Any, inlet: Inlet | None = None) -> None:
        self._stream, self._inlet = stream, inlet
        self._buffers: list[bytearray | np.ndarray] = []
        self._decoder = msgspec.msgpack.Decoder(type_, ext_hook=self._array, dec_hook=_pass)

    def read(self) -> T:
        """Wait for the next message; raises `BrokenStream` when none will come."""
        length, count = _HEAD.unpack(self._exactly(_HEAD.size))
        if length > MOST_HEADER or count > MOST_BUFFERS:
            raise BrokenStream(f"a message of {length:,} bytes and {count:,} arrays is none of ours")
        sizes = struct.unpack(f"<{count}Q", self._exactly(8 * count))
        if sum(size & ~_ELSEWHERE for size in sizes) > MOST_BUFFER:
            raise BrokenStream("the arrays of a message are larger than 4 GiB")
        header = self._exactly(length)
        self._buffers = [self._shared(size) if size & _ELSEWHERE else self._exactly(size) for size in sizes]
        try:
            message: T = self._decoder.decode(header)
        except (msgspec.MsgspecError, ValueError, TypeError, OverflowError, RecursionError) as problem:
            raise BrokenStream(f"a message cannot be read: {problem}") from None
        finally:
            self._buffers = []
        return message

    def _shared(self, size: int) -> np.ndarray:
        """Bytes in shared memory; the stream says where they lie."""
        (place,) = _PLACE.unpack(self._exactly(_PLACE.size))
        if self._inlet is None:
            raise BrokenStream("an array is said to lie in shared memory, of which there is none")
        try:
            return self._inlet.lend(place, size & ~_ELSEWHERE)
        except ValueError as problem:
            raise BrokenStream(str(problem)) from None

    def _exactly(self, count: int) -> bytearray:
        """Read so many bytes; memory is taken as they arrive, not as they are announced."""
        data = bytearray(min(count, _PIECE))
        filled = 0
        while filled < count:
            if filled == len(data):
                data.extend(bytes(min(count - filled, filled)))
            with memoryview(data) as view:
                got = self._stream.readinto(view[filled:])  # type: ignore[attr-defined]
            if not got:
                raise Closed("the other side closed the connection")
            filled += got
        return data

    def _array(self, code: int, note: memoryview) -> object:
        number, dtype, shape = msgspec.msgpack.decode(note, type=tuple[int, str, tuple[int, ...]])
        if code != _EXT or not _DTYPE.match(dtype) or not 0 <= number < len(self._buffers):
            raise ValueError("an array is not described as ours are")
        kind = np.dtype(dtype)
        buffer = self._buffers[number]
        if prod(shape) * kind.itemsize != len(buffer):
            raise ValueError("an array's shape does not fit its bytes")
        return np.frombuffer(buffer, dtype=kind).reshape(shape)


def _pass(type_: type, value: object) -> object:
    """Arrays arrive ready-made; anything else in their place is wrong."""
    if isinstance(value, type_):
        return value
    raise ValueError(f"expected {type_.__name__}")
