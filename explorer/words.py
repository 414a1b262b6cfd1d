"""Numbers and shapes as the program writes them: comma, true minus, ×, narrow spaces that do not break."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import PurePath

NBSP = "\u00a0"
MINUS = "−"


def count(value: int) -> str:
    """Return a whole number with thousands separated: ``61,706``."""
    return f"{value:,}".replace("-", MINUS)


def short(value: float) -> str:
    """Return a large number with a prefix: ``416.5 k``, ``7.9 M``, ``3.9 G``."""
    for unit, prefix in ((1e12, "T"), (1e9, "G"), (1e6, "M")):
        # what the smaller prefix would round up to 1000.0 belongs here
        if round(abs(value) / unit * 1000, 1) >= 1000:
            return f"{value / unit:.1f}{NBSP}{prefix}".replace("-", MINUS)
    if abs(value) >= 1e4:
        return f"{value / 1e3:.1f}{NBSP}k".replace("-", MINUS)
    return count(round(value))


def number(value: float, digits: int = 3) -> str:
    """Return a measured value with significant digits: ``0.134``, ``−0.6``, ``1.2·10⁻⁷``."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else MINUS + "∞"
    if value != 0 and not 1e-4 <= abs(value) < 1e6:
        return power_of_ten(value, digits)
    # the exponent after rounding: 9.999 is written 10.0, not 10.00
    exponent = int(f"{value:.{digits - 1}e}".split("e")[1])
    places = max(0, digits - 1 - exponent) if value else 0
    return f"{value:,.{min(places, 6)}f}".replace("-", MINUS)


def power_of_ten(value: float, digits: int = 3) -> str:
    """Return a value with significant digits before a power of ten: ``1.23·10⁻⁷``."""
    mantissa, power = f"{value:.{digits - 1}e}".split("e")
    raised = str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa}·10{raised}".replace("-", MINUS)


def figure(value: float) -> str:
    """Return what stands beside a bar: three decimals for shares, three digits for larger values."""
    return f"{value:.3f}".replace("-", MINUS) if abs(value) < 10 else number(value)


def memory(size: float) -> str:
    """Return bytes as `9.1 GiB`, `5 bytes`."""
    for unit in ("bytes", "KiB", "MiB", "GiB", "TiB"):
        if size < 1024 or unit == "TiB":
            break
        size /= 1024
    return f"{size:,.0f} {unit}" if unit == "bytes" or size >= 100 else f"{size:.1f} {unit}"


def percent(share: float, digits: int | None = None) -> str:
    """Return a share of one as per cent: ``78 %``, ``1.4 %``."""
    value = share * 100
    if digits is None:
        digits = 0 if round(abs(value), 1) >= 10 or value == 0 else 1
    return f"{value:.{digits}f}{NBSP}%".replace("-", MINUS)


def shape(sizes: Sequence[int | None]) -> str:
    """Return a shape without spaces: ``6×28×28``; an unknown size is ``?``."""
    return "×".join("?" if size is None else str(size) for size in sizes)


def file_name(path: str) -> str:
    """The last part of a path; empty for none."""
    return PurePath(path).name


def plural(amount: int, one: str, many: str | None = None) -> str:
    """Return ``1 problem`` or ``2 problems``."""
    return f"{count(amount)} {one if amount == 1 else many or one + 's'}"


def clock(seconds: float) -> str:
    """A time as `0:18` or `1:02:05`."""
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def seconds(value: float) -> str:
    """A short time as ``12.3 µs``, ``4.56 ms`` or ``1.20 s``."""
    for unit, words in ((1e-6, "µs"), (1e-3, "ms")):
        if value < unit * 999.5:
            return f"{number(value / unit)}{NBSP}{words}"
    return f"{number(value)}{NBSP}s"


def short_memory(size: float) -> str:
    """Return bytes as they stand in cells and on cards: ``512 B``, ``4.6 KiB``, ``23 MiB``."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024 or unit == "GiB":
            break
        size /= 1024
    return f"{size:,.{0 if unit == 'B' or size >= 10 else 1}f}{NBSP}{unit}"
