"""Mutants: whole files and streams of every kind the program reads, damaged by a seeded hand.

`mutant(kind, seed)` is the same bytes every time, so a finding is two words. Some damage is blind (bytes
exchanged, cut, repeated), some knows the kind: numbers become extreme, texts endless, names those of Python.
"""

from __future__ import annotations

import io
import json
import random
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any

import hostile
import msgspec
import numpy as np
import torch
from PIL import Image
from safetensors.torch import save

from explorer.architectures.gallery import find
from explorer.blocks.registry import registry
from explorer.graph import files
from explorer.protocol import framing, requests
from explorer.protocol.records import Sample, TrainSettings
from explorer.session.folder import Facts
from explorer.session.preferences import OpenDesign, Preferences

NUMBERS = (
    0,
    -1,
    1,
    2,
    7,
    511,
    512,
    65_536,
    65_537,
    2**31,
    2**63,
    -(2**63),
    10**30,
    1e308,
    -1e-308,
    0.5,
    True,
    None,
)
TEXTS = (
    "",
    "self",
    "__class__",
    "x" * 9_999,
    "x" * 10**6,
    "\ud800",
    "\x00",
    "a\nb",
    "../../etc/passwd",
    "input",
    "group:g0",
    "class",
    "torch",
    "relu()",
    "__import__('os').system('touch executed')",
    "é" * 40,
    "−1",
    "x1",
)
EXECUTES = b"cposix\nsystem\n(S'touch executed'\ntR."


def mutant(kind: str, seed: int) -> bytes:
    """The bytes of one mutant."""
    hand = random.Random(f"{kind} {seed}")
    return KINDS[kind](hand)


def blind(data: bytes, hand: random.Random) -> bytes:
    """Exchange, cut, repeat or insert some bytes."""
    damaged = bytearray(data)
    for _ in range(hand.randint(1, 6)):
        place, length = hand.randrange(len(damaged) + 1), hand.choice((1, 1, 2, 4, 8, 64))
        match hand.randrange(6):
            case 0:
                damaged[place : place + length] = hand.randbytes(length)
            case 1:
                del damaged[place : place + length]
            case 2:
                damaged[place:place] = damaged[place : place + 64] * hand.randint(1, 30)
            case 3:
                damaged[place : place + 4] = hand.choice((b"\xff\xff\xff\xff", bytes(4), b"\xff\xff\xff\x7f"))
            case 4:
                del damaged[place:]
            case _:
                damaged[place : place + 1] = bytes([hand.randrange(256)])
    return bytes(damaged)


# designs


@cache
def designs() -> tuple[bytes, ...]:
    """Files of networks of every kind, and small ones of every block."""
    names = (
        "lenet5_modern",
        "resnet_small",
        "vit_mnist",
        "densenet_small",
        "unet",
        "lstm_char",
        "highway_mnist",
    )
    found = [files.encode(find(name).build()) for name in names if name in _gallery()]
    found += [
        hostile.laughs(6, 3),
        hostile.side_by_side(5),
        hostile.dense(6),
        hostile.fan(20),
        hostile.loose(9),
    ]
    for block in registry().blocks:
        shape = [3, 16, 16] if block.family not in ("recurrent", "attention") else [12, 16]
        rows = (
            hostile.row("input", "input", shape=shape),
            hostile.row("a", block.id),
            hostile.row("output", "output"),
        )
        found.append(hostile.design(*hostile.chain(*rows)))
    return tuple(found)


@cache
def _gallery() -> frozenset[str]:
    from explorer.architectures.gallery import gallery

    return frozenset(gallery())


def _design(hand: random.Random) -> bytes:
    data = hand.choice(designs())
    if hand.random() < 0.25:
        return blind(data, hand)
    value = json.loads(data)
    for _ in range(hand.randint(1, 5)):
        with suppress(TypeError, AttributeError, KeyError, IndexError):  # spoiled before
            _spoil(value, hand)
    return json.dumps(value).encode("utf-8", "surrogatepass")


def _spoil(value: Any, hand: random.Random) -> None:
    """Spoil one place of a JSON value: a number, a text, a key; or a node, wire or field as a whole."""
    levels = (
        [value["graph"], *value.get("groups", {}).values()] if isinstance(value.get("graph"), dict) else []
    )
    level = hand.choice(levels) if levels else {}
    nodes, wires = level.get("nodes") or [], level.get("wires") or []
    match hand.randrange(8):
        case 0 if nodes:
            node = hand.choice(nodes)
            if isinstance(node, dict):
                block = hand.choice(registry().blocks)
                node["block"] = hand.choice((block.id, *TEXTS))
        case 1 | 2 if nodes:
            node = hand.choice(nodes)
            if isinstance(node, dict) and node.get("block") in registry():
                _set_field(node, hand)
        case 3 if wires:
            wire = hand.choice(wires)
            if isinstance(wire, list):
                wire[hand.randrange(len(wire))] = hand.choice(
                    (*[n.get("id", "") for n in nodes if isinstance(n, dict)], *TEXTS)
                )
        case 4 if nodes:
            hand.choice((nodes, wires or nodes)).append(hand.choice(nodes))
        case 5 if nodes:
            nodes.pop(hand.randrange(len(nodes)))
        case _:
            holder, key = hand.choice(_places(value))
            holder[key] = _other(holder[key], hand, 0.9)


def _other(value: Any, hand: random.Random, alike: float) -> Any:
    """Another value in its place, mostly of the same kind."""
    if hand.random() < alike:
        if isinstance(value, bool):
            return not value
        if isinstance(value, int):
            return hand.choice(
                [n for n in NUMBERS if isinstance(n, int)]
                + [value + 1, value - 1, -value, hand.randint(0, 99)]
            )
        if isinstance(value, float):
            return hand.choice(
                [n for n in NUMBERS if isinstance(n, float)]
                + [-value, value * 1e6, float(hand.randint(-9, 9))]
            )
        if isinstance(value, str):
            return hand.choice((*TEXTS, value + "1", value[:-1], value * 2))
        if isinstance(value, list):
            return hand.choice((value[:-1], value * 2, value[::-1], [], value + value[:1]))
        if isinstance(value, dict):
            return {key: inner for key, inner in value.items() if hand.random() < 0.7}
    return hand.choice((*NUMBERS, *TEXTS, [], {}, [1] * 200, [[[]]]))


def _set_field(node: dict[str, Any], hand: random.Random) -> None:
    """Give a field of the node's block a value: at its limits, of another kind, or just odd."""
    fields = registry()[node["block"]].fields
    name = hand.choice([*fields, *TEXTS[:4]]) if hand.random() < 0.9 else hand.choice(TEXTS)
    field = fields.get(name)
    limits = [getattr(field, end) for end in ("min", "max", "default") if hasattr(field, end)]
    choices = list(getattr(field, "choices", ()))
    odd = [
        hand.choice(NUMBERS),
        [hand.choice(NUMBERS[:8]) for _ in range(hand.randint(1, 4))],
        hand.choice(TEXTS),
    ]
    chosen = hand.choice([*limits, *choices, hand.randint(1, 64), *odd])
    fields_of = node.setdefault("fields", {})
    if isinstance(fields_of, dict):
        fields_of[name] = chosen


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every (holder, key) of a JSON value."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting and len(found) < 5_000:
        holder = waiting.pop()
        pairs = holder.items() if isinstance(holder, dict) else enumerate(holder)
        for key, inner in list(pairs):
            found.append((holder, key))
            if isinstance(inner, dict | list):
                waiting.append(inner)
    return found


# tensors


@cache
def _state() -> dict[str, torch.Tensor]:
    from explorer.api import build

    return {
        name: value.clone()
        for name, value in build(find("lenet5_modern").build((1, 28, 28)), seed=1).state_dict().items()
    }


@cache
def _saved(how: str) -> bytes:
    if how == "safetensors":
        return save(_state())
    file = io.BytesIO()
    held: Any = {"state_dict": _state(), "epoch": 3} if how == "wrapped" else dict(_state())
    torch.save(held, file, _use_new_zipfile_serialization=how != "legacy")
    return file.getvalue()


def _weights(hand: random.Random) -> bytes:
    data = bytearray(blind(_saved("safetensors"), hand) if hand.random() < 0.5 else _saved("safetensors"))
    if hand.random() < 0.5 and len(data) > 8:
        length = int.from_bytes(data[:8], "little")
        table = bytearray(data[8 : 8 + min(length, 10_000)])
        for _ in range(hand.randint(1, 3)):
            digits = [n for n, byte in enumerate(table) if 48 <= byte < 58]
            if digits:
                table[hand.choice(digits)] = hand.choice(b"0123456789-e")
        data[8 : 8 + len(table)] = table
    return bytes(data)


def _checkpoint(hand: random.Random) -> bytes:
    """Archives of torch with a description that was damaged, or written anew; old ones damaged as such."""
    how = hand.choice(("plain", "wrapped", "legacy"))
    data = _saved(how)
    if how == "legacy" or hand.random() < 0.3:
        return blind(data, hand)
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", hand.choice((0, 8))) as new:
        for record in old.infolist():
            content = old.read(record)
            if record.filename.endswith("data.pkl"):
                match hand.randrange(4):
                    case 0:
                        content = EXECUTES
                    case 1:
                        place = hand.randrange(len(content))
                        content = (
                            content[:place] + hand.choice(_CODES) * hand.randint(1, 40) + content[place:]
                        )
                    case _:
                        content = blind(content, hand)
            elif hand.random() < 0.1:
                continue
            new.writestr(record.filename, content)
    return made.getvalue()


_CODES = (
    b"(",
    b"2",
    b"0",
    b"]",
    b"}",
    b"u",
    b"s",
    b"\x85",
    b"\x86",
    b"h\x00",
    b"R",
    b"b",
    b"Q",
    b"K\x05",
    b"N",
    EXECUTES[:-1],
    b"cbuiltins\nbytearray\nJ\xff\xff\xff\x7f\x85R",
    b"r\xff\xff\xff\xff",
    b"\x8d\xff\xff\xff\xff\xff\xff\xff\x00",
)


# pictures


@cache
def _pictures() -> tuple[bytes, ...]:
    noise = np.random.default_rng(0).integers(0, 255, (24, 20, 4), dtype=np.uint8)
    found = []
    for kind, mode in (
        ("PNG", "RGBA"),
        ("PNG", "P"),
        ("PNG", "I;16"),
        ("JPEG", "RGB"),
        ("WEBP", "RGB"),
        ("GIF", "P"),
        ("BMP", "RGB"),
        ("TIFF", "RGB"),
        ("TIFF", "F"),
        ("PPM", "L"),
    ):
        file = io.BytesIO()
        picture = Image.fromarray(noise)
        if mode == "I;16":
            picture = Image.fromarray(noise[..., 0].astype(np.uint16) * 200)
        elif mode == "F":
            picture = Image.fromarray(noise[..., 0].astype(np.float32))
        else:
            picture = picture.convert(mode) if mode != "P" else picture.convert("RGB").convert("P")
        picture.save(file, kind)
        found.append(file.getvalue())
    return tuple(found)


def _picture(hand: random.Random) -> bytes:
    data = hand.choice(_pictures())
    if data.startswith(b"\x89PNG") and hand.random() < 0.6:  # with sums that are right, so that it is decoded
        sizes = hand.choice((24, 1, 0, 4_000, 5_001, 65_535, 2**31 - 1))
        head = bytearray(data[12:29])
        head[4 + 4 * hand.randrange(2) :][:4] = b""
        place = 4 + 4 * hand.randrange(2)
        head[place : place + 4] = sizes.to_bytes(4, "big")
        head[12:14] = bytes([hand.choice((1, 8, 16, 3)), hand.choice((0, 2, 3, 4, 6, 5))])
        return data[:12] + head + zlib.crc32(head).to_bytes(4, "big") + data[33:]
    return blind(data, hand)


# what the program keeps for itself


@cache
def _kept(kind: str) -> bytes:
    if kind == "preferences":
        opened = tuple(OpenDesign(name) for name in ("lenet5_modern", "/tmp/x.arch.json"))
        return msgspec.json.encode(Preferences(width=900, recent=("a", "b"), open=opened))
    return msgspec.json.encode(Facts("/tmp/x.arch.json", "x", 1.5e9))


def _kept_json(kind: str) -> Callable[[random.Random], bytes]:
    def made(hand: random.Random) -> bytes:
        if hand.random() < 0.4:
            return blind(_kept(kind), hand)
        value = json.loads(_kept(kind))
        for _ in range(hand.randint(1, 3)):
            holder, key = hand.choice(_places(value))
            holder[key] = _other(holder[key], hand, 0.7)
        return json.dumps(value).encode("utf-8", "surrogatepass")

    return made


# messages


@cache
def _messages() -> tuple[bytes, ...]:
    asked: tuple[requests.Request, ...] = (
        requests.Load(job=1, revision=1, design=files.encode(find("lenet5_modern").build((1, 28, 28)))),
        requests.Features(job=2, address="conv1", sample=Sample(dataset="digits", index=1)),
        requests.Features(job=3, address="conv1", sample=Sample(values=np.zeros((1, 28, 28), np.float32))),
        requests.Tiles(job=4, sample=Sample()),
        requests.Statistics(job=5, dataset="mnist5k", count=8),
        requests.Time(job=16, sample=Sample(), passes=3),
        requests.Attribution(job=6, method="saliency", sample=Sample()),
        requests.Weights(job=7, address="conv1"),
        requests.Boundary(job=8, low=(-1.0, -1.0), high=(1.0, 1.0)),
        requests.Train(job=9, settings=TrainSettings(dataset="mnist5k", epochs=1, batch=32)),
        requests.Step(job=10, count=2),
        requests.Stop(job=11),
        requests.LoadWeights(job=12, path="/nonexistent/x.safetensors"),
        requests.Cancel(job=13, target=5),
    )
    return tuple(b"".join(bytes(piece) for piece in framing.pack(one)) for one in asked)


def _stream(hand: random.Random) -> bytes:
    """Several messages, of which some are damaged or have numbers that nobody sends."""
    parts = [_messages()[0]] if hand.random() < 0.9 else []
    for _ in range(hand.randint(1, 4)):
        data = hand.choice(_messages())
        if hand.random() < 0.15:
            data = blind(data, hand)
        elif hand.random() < 0.9:
            data = _spoiled_message(data, hand)
        parts.append(data)
    return b"".join(parts)


def _spoiled_message(data: bytes, hand: random.Random) -> bytes:
    length, count = int.from_bytes(data[:4], "little"), int.from_bytes(data[4:8], "little")
    body = 8 + 8 * count
    try:
        value = msgspec.msgpack.decode(data[body : body + length])
    except msgspec.DecodeError:
        return data
    for _ in range(hand.randint(1, 3)):
        holder, key = hand.choice(_places(value))
        if key not in ("type", "design"):
            holder[key] = _travels(_other(holder[key], hand, 0.97))
    header = msgspec.msgpack.encode(value)
    return len(header).to_bytes(4, "little") + data[4:body] + header + data[body + length :]


def _travels(value: Any) -> Any:
    """What a message can hold: 64 bits, and whole letters."""
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return 2**62
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


KINDS: dict[str, Callable[[random.Random], bytes]] = {
    "design": _design,
    "weights": _weights,
    "checkpoint": _checkpoint,
    "picture": _picture,
    "preferences": _kept_json("preferences"),
    "sidecar": _kept_json("sidecar"),
    "stream": _stream,
}
