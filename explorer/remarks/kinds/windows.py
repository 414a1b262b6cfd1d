"""Windows that miss values, or see nothing but padding."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from explorer.graph.catalogue import INPUT
from explorer.graph.model import NodeId
from explorer.remarks.look import ACTIVATIONS, CONVOLUTIONS, NORMS, POOLS, VIEWS, Look
from explorer.remarks.remark import Cure, Found, about
from explorer.words import percent

PASSING = frozenset((*ACTIVATIONS, *NORMS, *VIEWS, "dropout", "slice", "pad", "scale"))
"""Blocks after which the same values stand, in another form."""
NAMES = {"H": "rows", "W": "columns", "T": "steps"}


class Slide(NamedTuple):
    """A window along one axis: name and size of the axis, window, stride, padding, dilation, places."""

    axis: str
    size: int
    kernel: int
    stride: int
    padding: int
    dilation: int
    places: int

    @property
    def reach(self) -> int:
        """Extent of the window with its gaps."""
        return self.dilation * (self.kernel - 1) + 1


def slides(look: Look, node_id: NodeId) -> list[Slide]:
    """How the window of a convolution or pool slides along each axis; none where that is not plain."""
    given, made = look.arrives(node_id), look.leaves(node_id)
    if given is None or made is None or not given.spatial or len(made.shape) != len(given.shape):
        return []
    values, count = look.values(node_id), len(given.spatial)
    kernel = _spread(values.get("kernel", 1), count)
    stride = kernel if values.get("stride", 1) is None else _spread(values.get("stride", 1), count)
    dilation = _spread(values.get("dilation", 1), count)
    padding = values.get("padding", 0)
    if padding == "same":
        pads = tuple(d * (k - 1) // 2 for k, d in zip(kernel, dilation, strict=True))
    else:
        pads = _spread(padding, count)
    rows = (given.axes[1:], given.spatial, kernel, stride, pads, dilation, made.spatial)
    return [Slide(*row) for row in zip(*rows, strict=True)]


def _spread(value: object, count: int) -> tuple[int, ...]:
    sizes = value if isinstance(value, tuple) else (value,)
    return sizes * count if len(sizes) == 1 else sizes


@lru_cache(maxsize=4096)
def unread(slide: Slide) -> tuple[int, int]:
    """How many places of the axis no window reads: between windows, and after the last one."""
    read = bytearray(slide.size)
    for offset in range(slide.kernel):
        first = offset * slide.dilation - slide.padding
        begin = first if first >= 0 else first % slide.stride
        stop = min(slide.size, first + (slide.places - 1) * slide.stride + 1)
        if begin < stop:
            read[begin : stop : slide.stride] = b"\1" * len(range(begin, stop, slide.stride))
    tail = slide.size - 1 - read.rfind(1)
    return slide.size - tail - sum(read), tail


@about("rows_never_read", "Rows that are never read", *CONVOLUTIONS, *POOLS)
def rows_never_read(look: Look, node_id: NodeId) -> Found:
    """Where the stride does not divide what is left, the rest at the end is dropped."""
    found = slides(look, node_id)
    tails = {slide.axis: unread(slide)[1] for slide in found if slide.kernel >= slide.stride}
    if not any(tails.values()) or not _is_alone(look, node_id):
        return
    if (
        look.graph[node_id].block in POOLS
        and all(slide.size > 8 for slide in found if tails.get(slide.axis))
        and max(tails.values()) < 2
    ):
        return  # one row of many: pools are expected to round down
    given = look.arrives(node_id)
    lost = " and ".join(f"{n} {NAMES[axis] if n > 1 else NAMES[axis][:-1]}" for axis, n in tails.items() if n)
    slide = next(slide for slide in found if tails.get(slide.axis))
    places = (
        f"({slide.size} + {2 * slide.padding} − {slide.reach}) / {slide.stride}"
        if slide.padding
        else f"({slide.size} − {slide.reach}) / {slide.stride}"
    )
    words = (
        f"never reads the last {lost} of {given.text if given else ''}: {places} leaves a rest. "
        f"They change nothing in any answer."
    )
    yield look.remark(node_id, "rows_never_read", words, *_fits(look, node_id, found))


def _is_alone(look: Look, node_id: NodeId) -> bool:
    """Whether nothing else reads what arrives, so that what is missed is lost."""
    edges = look.graph.into(node_id)
    return len(edges) == 1 and look.is_only_reader(edges[0].src, node_id)


def _is_made_for(look: Look, node_id: NodeId) -> bool:
    """Whether what arrives comes from a layer or input that feeds nothing else on the way."""
    while True:
        before = look.source(node_id)
        if before is None or not look.is_only_reader(before, node_id):
            return False
        block = look.graph[before].block
        if block == INPUT:
            return look.is_top
        if block not in PASSING:
            return block != "split"
        node_id = before


def _fits(look: Look, node_id: NodeId, found: list[Slide]) -> list[Cure]:
    cures: list[Cure] = []
    values = look.values(node_id)
    origin = look.design_input(node_id)
    given = look.arrives(node_id)
    if origin is not None and given is not None:
        size = [given.shape[0]]
        for slide in found:
            rest = (slide.size + 2 * slide.padding - slide.reach) % slide.stride
            size.append(slide.size + (slide.stride - rest) % slide.stride)
        at, name = origin
        cures.append(at.setting(name, f"Make the input {'×'.join(map(str, size[1:]))}", shape=tuple(size)))
    if "ceil_mode" in values:
        cures.append(look.setting(node_id, "Round up: one more window at the end", ceil_mode=True))
    if "padding" in values and values["padding"] != "same":
        pads = [slide.padding for slide in found]
        for more in range(1, max(slide.reach for slide in found) // 2 + 1):
            pad = tuple(
                min(p + more, s.reach // 2) if unread(s)[1] else p for p, s in zip(pads, found, strict=True)
            )
            cures.append(
                look.setting(node_id, f"Pad by {'×'.join(map(str, dict.fromkeys(pad)))}", padding=pad)
            )
    return cures


@about("stride_leaves_gaps", "A stride that steps over values", *CONVOLUTIONS, *POOLS)
def stride_leaves_gaps(look: Look, node_id: NodeId) -> Found:
    """A stride larger than the window jumps over values that nothing else reads."""
    found = slides(look, node_id)
    gaps = [slide for slide in found if slide.stride > slide.kernel and unread(slide)[0]]
    if not gaps or not _is_alone(look, node_id) or not _is_made_for(look, node_id):
        return
    share = 1.0
    for slide in found:
        share *= 1 - sum(unread(slide)) / slide.size
    slide = gaps[0]
    words = (
        f"moves its window of {slide.kernel} by {slide.stride}: {percent(1 - share)} of the values that "
        "arrive are never read."
    )
    cures = [look.setting(node_id, stride=tuple(min(s.stride, s.kernel) for s in found))]
    if "kernel" in look.values(node_id):
        cures.insert(0, look.setting(node_id, kernel=tuple(max(s.stride, s.kernel) for s in found)))
    yield look.remark(node_id, "stride_leaves_gaps", words, *cures)


@about("much_padding", "Padding larger than half the window", *CONVOLUTIONS)
def much_padding(look: Look, node_id: NodeId) -> Found:
    """Padding beyond half the window makes maps grow by places that hold next to nothing of the picture."""
    values, found = look.values(node_id), slides(look, node_id)
    wide = [slide for slide in found if slide.padding > slide.reach // 2]
    if not wide or values.get("padding") == "same":
        return
    slide = wide[0]
    empty = max(0, (slide.padding - slide.reach) // slide.stride + 1) if slide.padding >= slide.reach else 0
    alone = f", {empty} of them on each side from padding alone" if empty else ""
    words = (
        f"pads {slide.padding} for a window of {slide.reach}: {slide.size} {NAMES[slide.axis]} become "
        f"{slide.places}{alone}. Half the window, {slide.reach // 2}, keeps the size at stride 1."
    )
    fit = tuple(min(s.padding, s.reach // 2) for s in found)
    yield look.remark(node_id, "much_padding", words, look.setting(node_id, padding=fit))


@about("even_same", "An even window with “same”", "conv1d", "conv2d", "conv3d", "dilated_conv2d")
def even_same(look: Look, node_id: NodeId) -> Found:
    """An even window has no middle: with “same” padding every layer shifts its maps by half a place."""
    values = look.values(node_id)
    kernel = values["kernel"]
    if values.get("padding") != "same" or not any(k % 2 == 0 and d % 2 for k, d in _pairs(values)):
        return
    written = "×".join(map(str, kernel))
    larger = tuple(k + 1 - k % 2 for k in kernel)
    smaller = tuple(k - 1 + k % 2 for k in kernel)
    words = (
        f"has an even {written} kernel with “same” padding: one more zero stands after than before, which "
        "shifts its maps by half a place."
    )
    cures = [look.setting(node_id, kernel=larger), look.setting(node_id, kernel=smaller)]
    yield look.remark(node_id, "even_same", words, *cures)


def _pairs(values: object) -> list[tuple[int, int]]:
    kernel: tuple[int, ...] = values["kernel"]  # type: ignore[index]
    return list(zip(kernel, values["dilation"], strict=True))  # type: ignore[index]


@about("dilated_point", "Dilation of a single weight", *CONVOLUTIONS)
def dilated_point(look: Look, node_id: NodeId) -> Found:
    """Dilation spreads the weights of a window; a window of one has nothing to spread."""
    found = slides(look, node_id)
    if found and all(s.kernel == 1 for s in found) and any(s.dilation > 1 for s in found):
        most = max(s.dilation for s in found)
        words = f"has dilation {most} and a window of one weight: the dilation does nothing."
        yield look.remark(node_id, "dilated_point", words, look.setting(node_id, dilation=(1,) * len(found)))


@about("weights_see_padding", "Weights that see padding only", *CONVOLUTIONS)
def weights_see_padding(look: Look, node_id: NodeId) -> Found:
    """On maps much smaller than the window most weights meet nothing but zeros and never learn."""
    found = slides(look, node_id)
    if not found:
        return
    used, all_of_them = 1, 1
    for slide in found:
        used *= _meeting(slide)
        all_of_them *= slide.kernel
    if used < all_of_them:
        sizes = "×".join(str(slide.size) for slide in found)
        words = (
            f"reads {sizes} maps: {all_of_them - used} of the {all_of_them} weights of each filter only ever "
            "meet padding and never learn."
        )
        kernel = tuple(1 if s.size == 1 else s.kernel for s in found)
        cure = look.setting(node_id, kernel=kernel)
        if look.values(node_id).get("padding") != "same":
            padding = tuple(0 if s.size == 1 else s.padding for s in found)
            cure = look.setting(node_id, kernel=kernel, padding=padding)
        yield look.remark(node_id, "weights_see_padding", words, cure)


@lru_cache(maxsize=4096)
def _meeting(slide: Slide) -> int:
    """How many weights of a window meet at least one value of the input."""
    met = 0
    for offset in range(slide.kernel):
        first = offset * slide.dilation - slide.padding
        last = first + (slide.places - 1) * slide.stride
        begin = first if first >= 0 else first % slide.stride
        met += begin <= min(last, slide.size - 1)
    return met


@about("does_nothing", "A block that changes nothing", *POOLS, "permute", "reshape", "resize", "pad")
def does_nothing(look: Look, node_id: NodeId) -> Found:
    """A block whose output is its input stands for something that was meant and is not there."""
    given, made = look.arrives(node_id), look.leaves(node_id)
    if given is None or given != made:
        return
    block, values = look.graph[node_id].block, look.values(node_id)
    if block in POOLS and any(n != 1 for n in values["kernel"]):
        return
    if block == "permute" and tuple(values["order"]) != tuple(range(len(given.shape))):
        return
    yield look.remark(
        node_id,
        "does_nothing",
        f"changes nothing: {given.text} goes in and out as it is.",
        look.without(node_id),
    )
