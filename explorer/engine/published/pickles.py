"""What a checkpoint of torch will take, found out before loading: its description is followed, never run.

A checkpoint names its tensors in a pickle, a small program for a stack machine. Loading one with torch's
`weights_only` runs no foreign code, yet a hundred bytes may ask for gigabytes. Here it is followed with
nothing but names, numbers and tuples on the stack; whatever else it builds stays opaque.
"""

from __future__ import annotations

import pickletools
import zipfile
from collections.abc import Iterator
from typing import IO, Any, NamedTuple

from explorer.bounds import MIB, PICKLE_BYTES, PICKLE_STEPS, TENSORS, UNPACKED_TIMES, WEIGHT_BYTES, shown
from explorer.engine.weights.files import WeightProblem
from explorer.words import memory

WIDTHS = {
    **dict.fromkeys(("Double", "Long", "ComplexFloat"), 8),
    **dict.fromkeys(("Float", "Int", "QInt32"), 4),
    **dict.fromkeys(("Half", "Short", "BFloat16"), 2),
    **dict.fromkeys(("Char", "Byte", "Bool", "QInt8", "QUInt8", "QUInt4x2", "QUInt2x4", "Untyped"), 1),
    "ComplexDouble": 16,
}
"""Bytes of a value of `torch.<…>Storage`."""
CALLED = frozenset(
    [
        "collections OrderedDict",
        "torch Size",
        "torch device",
        "torch.nn.parameter Parameter",
        "torch._utils _rebuild_parameter",
        "torch._utils _rebuild_parameter_with_state",
        "torch._utils _rebuild_tensor",
        "torch._utils _rebuild_tensor_v2",
        "torch._utils _rebuild_qtensor",
        "torch._utils _rebuild_sparse_tensor",
        "torch._utils _rebuild_meta_tensor_no_storage",
        "torch.serialization _get_layout",
        "_codecs encode",
    ]
)
"""What descriptions call; none of it takes memory for more than it is given."""
LEGACY = 5
"""Pickles at the front of a checkpoint from before 2020: number, version, system, description, keys."""


class Stored(NamedTuple):
    """A run of values that tensors are views of: its key and its bytes."""

    key: str
    size: int


class _Name(str):
    """A name of something importable, `module name`."""


_MARK, _OPAQUE = object(), object()


def refuse_bombs(file: IO[bytes], size: int) -> None:
    """Raise `WeightProblem` for a checkpoint that takes more than its file promises; half a sentence each."""
    if zipfile.is_zipfile(file):
        _refuse_bad_archive(file, size)
        return
    file.seek(0)
    if file.read(1) != b"\x80":
        raise WeightProblem("is neither safetensors nor a checkpoint of torch")
    file.seek(0)
    stored = [one for _ in range(LEGACY) for one in _followed(file)]
    wanted = sum({one.key: one.size for one in stored}.values())
    if wanted > size:
        raise WeightProblem(f"says that it holds {memory(wanted)} of values, but has {memory(size)}")


def _refuse_bad_archive(file: IO[bytes], size: int) -> None:
    with zipfile.ZipFile(file) as archive:
        records = {record.filename: record for record in archive.infolist()}
        whole = sum(record.file_size for record in archive.infolist())
        if whole > min(UNPACKED_TIMES * size + MIB, WEIGHT_BYTES):
            raise WeightProblem(f"would unpack from {memory(size)} to {memory(whole)}")
        if len(archive.infolist()) > TENSORS + 100:
            raise WeightProblem(
                f"holds {len(archive.infolist()):,} records; {TENSORS:,} tensors are the limit"
            )
        descriptions = [name for name in records if name.rpartition("/")[2] == "data.pkl"]
        if len(descriptions) != 1:
            raise WeightProblem("is an archive, but no checkpoint of torch")
        if records[descriptions[0]].file_size > PICKLE_BYTES:
            raise WeightProblem(f"describes its tensors in more than {PICKLE_BYTES / MIB:.0f} MiB")
        folder = descriptions[0].rpartition("/")[0]
        with archive.open(descriptions[0]) as description:
            for one in _followed(description):
                record = records.get(f"{folder}/data/{one.key}")
                if record is None or record.file_size < one.size:
                    has = "none" if record is None else f"{record.file_size:,} bytes"
                    raise WeightProblem(
                        f"says that “{shown(one.key)}” has {one.size:,} bytes of values; there are {has}"
                    )


def _followed(file: IO[bytes]) -> Iterator[Stored]:
    """Follow one pickle to its end; yields what it takes out of the file."""
    machine = _Machine()
    try:
        for steps, (code, argument, place) in enumerate(pickletools.genops(file)):
            if steps > PICKLE_STEPS or (place or 0) > PICKLE_BYTES:
                raise WeightProblem("describes its tensors in more steps than so many need")
            stored = machine.step(code.name, argument)
            if stored is not None:
                yield stored
    except (
        ValueError,
        IndexError,
        TypeError,
        KeyError,
        OverflowError,
        MemoryError,
        zipfile.BadZipFile,
    ) as problem:
        if isinstance(problem, WeightProblem):
            raise
        raise WeightProblem("is torn: its description cannot be followed to the end") from None


class _Machine:
    """The stack and the memo of a pickle, with names, numbers and tuples only."""

    def __init__(self) -> None:
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}

    def step(self, code: str, argument: Any) -> Stored | None:
        """Carry out one instruction; returns what it takes out of the file, if it does."""
        stack = self._stack
        if code in _CONSTANTS:
            stack.append(_CONSTANTS[code] if argument is None else argument)
        elif code in ("GLOBAL", "STACK_GLOBAL"):
            stack.append(self._global(argument))
        elif code in _TUPLES:
            self._tuple(_TUPLES[code])
        elif code in _GROWS:
            self._grow(_GROWS[code])
        elif code in ("PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE"):
            self._memo[len(self._memo) if argument is None else argument] = stack[-1]
        elif code in ("GET", "BINGET", "LONG_BINGET"):
            stack.append(self._memo[argument])
        elif code in ("REDUCE", "NEWOBJ", "NEWOBJ_EX"):
            self._call(3 if code == "NEWOBJ_EX" else 2)
        elif code == "BINPERSID":
            return self._stored(stack.pop())
        elif code == "MARK":
            stack.append(_MARK)
        elif code in ("POP", "BUILD"):
            stack.pop()
        elif code not in ("PROTO", "FRAME", "STOP"):
            raise WeightProblem(f"holds more than tensors ({code.lower()} in its description)")
        return None

    def _global(self, argument: str | None) -> _Name:
        if argument is None:
            name, module = self._stack.pop(), self._stack.pop()
            argument = f"{module} {name}"
        return _Name(argument)

    def _tuple(self, length: int) -> None:
        items = self._back_to_mark() if length < 0 else [self._stack.pop() for _ in range(length)][::-1]
        self._stack.append(tuple(items[:10]))  # what is of interest is shorter

    def _back_to_mark(self) -> list[Any]:
        items: list[Any] = []
        while (item := self._stack.pop()) is not _MARK:
            items.append(item)
        return items[::-1]

    def _grow(self, count: int) -> None:
        """Take what goes into the container below; keys are numbers or texts, whose hash is no work."""
        items = self._back_to_mark() if count < 0 else [self._stack.pop() for _ in range(count)][::-1]
        if self._stack[-1] is _PAIRS and any(not isinstance(key, str | int | float) for key in items[::2]):
            raise WeightProblem("has tensors without a name in its description")

    def _call(self, parts: int) -> None:
        for _ in range(parts - 1):
            self._stack.pop()
        called = self._stack.pop()
        if not isinstance(called, _Name) or called not in CALLED:
            what = called.replace(" ", ".") if isinstance(called, _Name) else "something unknown"
            raise WeightProblem(
                f"would call {shown(what)}, which is no part of weights; where a whole module was saved, "
                "save its state_dict() instead"
            )
        self._stack.append(_PAIRS if called == "collections OrderedDict" else _OPAQUE)

    def _stored(self, told: Any) -> Stored:
        """What a tensor is stored in: `("storage", class, key, place, values, …)`."""
        self._stack.append(_OPAQUE)
        if not isinstance(told, tuple) or len(told) < 5:
            raise WeightProblem("does not say where its values are")
        _, kind, key, _, count = told[:5]
        if not isinstance(kind, _Name) or not isinstance(key, str) or not isinstance(count, int):
            raise WeightProblem("does not say where its values are")
        width = WIDTHS.get(kind.rpartition(" ")[2].removesuffix("Storage"), 0)
        if not width or not 0 <= count <= WEIGHT_BYTES:
            raise WeightProblem(f"says that {shown(f'{count:,}')} values of {shown(kind)} are stored")
        return Stored(key, count * width)


_PAIRS = object()
_CONSTANTS: dict[str, Any] = {
    **dict.fromkeys(
        ("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT", "STRING"), None
    ),
    **dict.fromkeys(("BINSTRING", "SHORT_BINSTRING", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8"), None),
    **dict.fromkeys(("UNICODE", "SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8", "NONE"), None),
    "NEWTRUE": True,
    "NEWFALSE": False,
    "EMPTY_LIST": _OPAQUE,
    "EMPTY_SET": _OPAQUE,
    "EMPTY_DICT": _PAIRS,
    "EMPTY_TUPLE": (),
}
_TUPLES = {"TUPLE": -1, "TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_GROWS = {"APPEND": 1, "APPENDS": -1, "SETITEM": 2, "SETITEMS": -1, "ADDITEMS": -1}
