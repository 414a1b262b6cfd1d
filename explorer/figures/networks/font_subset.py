"""A font cut down to the letters of a figure, as WOFF: small enough to travel inside an SVG.

Only TrueType outlines are known, which the bundled fonts have. Glyphs keep their numbers; those that are
not needed become empty, which costs next to nothing once compressed. Layout tables (kerning, ligatures)
are left out: the SVG says how long each line of text is.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

KEPT = ("OS/2", "cvt ", "fpgm", "head", "hhea", "hmtx", "maxp", "prep")
"""Tables that are taken over as they are."""
_MORE, _WORDS, _SCALE, _XY_SCALE, _TWO_BY_TWO = 0x20, 0x01, 0x08, 0x40, 0x80


class FontProblem(ValueError):
    """A font file of another kind than expected."""


@lru_cache(maxsize=4)
def _tables(file: Path) -> dict[str, bytes]:
    data = file.read_bytes()
    if data[:4] != b"\0\1\0\0":
        raise FontProblem(f"{file.name} has no TrueType outlines.")
    (count,) = struct.unpack_from(">H", data, 4)
    rows = (struct.unpack_from(">4sIII", data, 12 + 16 * number) for number in range(count))
    return {tag.decode("latin-1"): data[offset : offset + length] for tag, _, offset, length in rows}


def subset(file: Path, letters: Iterable[str]) -> bytes:
    """Return a WOFF with these letters only; what the font lacks is left out."""
    tables = _tables(file)
    known = _characters(tables["cmap"])
    chosen = {ord(letter): known[ord(letter)] for letter in sorted(set(letters)) if ord(letter) in known}
    glyphs = _outlines(tables)
    needed = _with_parts(glyphs, {0, *chosen.values()})
    loca, glyf = [0], b""
    for number, outline in enumerate(glyphs):
        if number in needed:
            glyf += outline + b"\0" * (-len(outline) % 4)
        loca.append(len(glyf))
    head = bytearray(tables["head"])
    struct.pack_into(">h", head, 50, 1)  # long offsets
    made = {tag: tables[tag] for tag in KEPT if tag in tables} | {
        "head": bytes(head),
        "glyf": glyf,
        "loca": struct.pack(f">{len(loca)}I", *loca),
        "cmap": _cmap(chosen),
        "name": struct.pack(">HHH", 0, 0, 6),
        "post": struct.pack(">IIhhIIIII", 0x00030000, 0, -100, 50, 0, 0, 0, 0, 0),
    }
    return _woff(made)


def _characters(cmap: bytes) -> dict[int, int]:
    """Glyph numbers by character, from the widest Unicode table."""
    (count,) = struct.unpack_from(">H", cmap, 2)
    found: dict[int, int] = {}
    for row in range(count):
        platform, _, offset = struct.unpack_from(">HHI", cmap, 4 + 8 * row)
        (form,) = struct.unpack_from(">H", cmap, offset)
        if platform in (0, 3) and form == 12:
            (groups,) = struct.unpack_from(">I", cmap, offset + 12)
            for group in range(groups):
                first, last, glyph = struct.unpack_from(">III", cmap, offset + 16 + 12 * group)
                found.update({first + n: glyph + n for n in range(last - first + 1)})
        elif platform in (0, 3) and form == 4:
            found = {**_format_4(cmap, offset), **found}
    if not found:
        raise FontProblem("The font says of no letter which outline it has.")
    return found


def _format_4(cmap: bytes, offset: int) -> dict[int, int]:
    segments = struct.unpack_from(">H", cmap, offset + 6)[0] // 2
    found = {}
    for number in range(segments):
        at = offset + 14 + 2 * number
        (last,) = struct.unpack_from(">H", cmap, at)
        (first,) = struct.unpack_from(">H", cmap, at + 2 * segments + 2)
        (delta,) = struct.unpack_from(">h", cmap, at + 4 * segments + 2)
        place = at + 6 * segments + 2
        (jump,) = struct.unpack_from(">H", cmap, place)
        for character in range(first, min(last, 0xFFFE) + 1):
            glyph = character
            if jump:
                (glyph,) = struct.unpack_from(">H", cmap, place + jump + 2 * (character - first))
                if glyph == 0:
                    continue
            found[character] = (glyph + delta) & 0xFFFF
    return found


def _outlines(tables: dict[str, bytes]) -> list[bytes]:
    long = struct.unpack_from(">h", tables["head"], 50)[0]
    loca, glyf = tables["loca"], tables["glyf"]
    if long:
        places = struct.unpack(f">{len(loca) // 4}I", loca)
    else:
        places = tuple(2 * place for place in struct.unpack(f">{len(loca) // 2}H", loca))
    return [glyf[start:end] for start, end in pairwise(places)]


def _with_parts(glyphs: list[bytes], wanted: set[int]) -> set[int]:
    """The glyphs and those that they are put together from, such as the dots of an `ä`."""
    found, waiting = set[int](), list(wanted)
    while waiting:
        number = waiting.pop()
        if number in found:
            continue
        found.add(number)
        outline = glyphs[number]
        if len(outline) < 10 or struct.unpack_from(">h", outline, 0)[0] >= 0:
            continue
        at, flags = 10, _MORE
        while flags & _MORE:
            flags, part = struct.unpack_from(">HH", outline, at)
            waiting.append(part)
            at += 4 + (4 if flags & _WORDS else 2)
            at += 2 if flags & _SCALE else 4 if flags & _XY_SCALE else 8 if flags & _TWO_BY_TWO else 0
    return found


def _cmap(chosen: dict[int, int]) -> bytes:
    """A table of format 4 with a segment for each character; those beyond 16 bits are left out."""
    letters = [letter for letter in sorted(chosen) if letter < 0xFFFF]
    ends = [*letters, 0xFFFF]
    deltas = [(chosen[letter] - letter) & 0xFFFF for letter in letters] + [1]
    count = len(ends)
    power = 1 << (count.bit_length() - 1)
    search = (2 * count, 2 * power, power.bit_length() - 1, 2 * (count - power))
    row = f">{count}H"
    segments = struct.pack(row, *ends) + b"\0\0" + struct.pack(row, *ends) + struct.pack(row, *deltas)
    segments += b"\0\0" * count
    body = struct.pack(">HHH4H", 4, 14 + len(segments), 0, *search) + segments
    return struct.pack(">HHHHI", 0, 1, 3, 1, 12) + body


def _woff(tables: dict[str, bytes]) -> bytes:
    """Pack tables as WOFF 1.0."""
    entries, blocks = b"", b""
    start, plain = 44 + 20 * len(tables), 12 + 16 * len(tables)
    for tag, data in sorted(tables.items()):
        packed = zlib.compress(data, 9)
        stored = packed if len(packed) < len(data) else data
        entries += struct.pack(
            ">4sIIII", tag.encode(), start + len(blocks), len(stored), len(data), _checksum(tag, data)
        )
        blocks += stored + b"\0" * (-len(stored) % 4)
        plain += len(data) + (-len(data) % 4)
    size = start + len(blocks)
    header = struct.pack(
        ">4sIIHHIHHIIIII", b"wOFF", 0x00010000, size, len(tables), 0, plain, 1, 0, 0, 0, 0, 0, 0
    )
    return header + entries + blocks


def _checksum(tag: str, data: bytes) -> int:
    if tag == "head":  # its own sum is left out of it
        data = data[:8] + b"\0\0\0\0" + data[12:]
    words = struct.unpack(f">{(len(data) + 3) // 4}I", data + b"\0" * (-len(data) % 4))
    total: int = sum(words) & 0xFFFFFFFF
    return total
