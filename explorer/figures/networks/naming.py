"""What stands in the boxes of a figure: short words for blocks, their numbers, and what is inside a group."""

from __future__ import annotations

import re
from collections.abc import Iterator

from explorer.figures.networks.parts import Part, unwrapped
from explorer.figures.networks.units import Unit, trails
from explorer.graph.catalogue import INPUT, OUTPUT
from explorer.graph.flow import Flow, NodeFlow
from explorer.words import NBSP, plural

SHORT = {
    "batch_norm": "BN",
    "layer_norm": "LN",
    "group_norm": "GN",
    "instance_norm": "IN",
    "local_response_norm": "LRN",
    "multi_head_attention": "Multi-head attention",
    "transformer_encoder_layer": "Encoder layer",
    "transformer_decoder_layer": "Decoder layer",
    "l2_norm": "L2 norm",
    "pointwise_conv2d": "Conv",
    "srgan_residual": "Residual block",
}
COUNTED = ("block", "layer", "module", "unit", "cell", "transition", "residual", "head", "stem", "step")
"""Words that take an s when there are several."""
_KERNEL = re.compile(r"\d+(×\d+)+")


def title(unit: Unit) -> str:
    """The name of a box: the designer's own where it says something, else the kind of block."""
    part = unit.main
    if part.node.title:
        return part.node.title
    if part.is_end or part.known.block is None:
        return _capital(_spoken(part.node.id if unit.count == 1 else _stem(part.node.id)))
    return _capital(_spoken(part.node.id)) if unit.count == 1 and _tells(part) else kind(part.known)


def kind(known: NodeFlow) -> str:
    """The kind of a block with its window: `Conv 5×5`, `Max pool 2×2`, `Bottleneck block`."""
    if (inside := unwrapped(known)) is not known:
        return f"{kind(inside)} per step"
    block = known.block
    if block is None:
        return "Group"
    name = SHORT.get(block.id) or re.sub(r" [123][dD]$", "", str(getattr(block, "title", block.id)))
    window = _window(block)
    return f"{name} {window}" if window and known.inner is None else name


def _window(block: object) -> str:
    """The window that a block slides, from its summary; empty without one."""
    found = _KERNEL.search(getattr(block, "summary", str)())
    if found is None or getattr(block, "family", "") not in ("conv", "pool"):
        return ""
    return found[0] if "kernel" in getattr(block, "values", {}) or found[0] == "1×1" else ""


def details(unit: Unit) -> list[str]:
    """The lines under a name: numbers of the block or contents of a group, then what trails it."""
    if unit.main.is_end:
        return []
    lines = [_described(unit)]
    if around := dict.fromkeys(small(other.known) for other in unit.others):
        lines.append("+ " + ", ".join(around))
    return [line for line in lines if line]


def _described(unit: Unit) -> str:
    """The kind of block where the title is a name of its own, then its numbers or what it repeats inside."""
    known = unit.main.known
    if known.block is None:
        return contents(known.inner) if known.inner else ""
    called = title(unit) != kind(known)
    numbers = _numbers(known)
    if known.inner is not None and not numbers and not called:
        inside = contents(known.inner)
        return inside if inside[:1].isdigit() or f"×{NBSP}" in inside else ""
    return " · ".join(filter(None, [kind(known) if called else "", numbers]))


def small(known: NodeFlow) -> str:
    """What a part is called that trails another: `ReLU`, `BN`, `flatten`; a group after what it does."""
    if known.block is None:
        inside = [node for node in known.inner.nodes.values() if node.block] if known.inner else []
        acts = [node for node in inside if getattr(node.block, "family", "") == "act"]
        return small(acts[0]) if acts else "scaling"
    return _lower(kind(known))


def plain(unit: Unit) -> str:
    """What happens in a unit, for the wire before a volume: `conv 3×3`, `bottleneck block`."""
    part = unit.main
    if part.known.block is None:
        return _spoken(part.node.id)
    return _lower(kind(part.known))


def _numbers(known: NodeFlow) -> str:
    known = unwrapped(known)
    block = known.block
    summary = str(getattr(block, "summary", str)())
    if getattr(block, "family", "") == "recurrent" or known.inner is None:
        window = _window(block) if block else ""
        parts = [part for part in summary.split(" · ") if not window or window not in part]
        filters: int = getattr(block, "values", {}).get("filters", 0)
        said = [plural(filters, "filter") if part == str(filters) else part for part in parts]
        # the wire says how long the answer of a linear layer is
        kept = (part for part in said if not part.startswith(("pad ", "→ ")))
        return " · ".join(part.replace(" ", NBSP) for part in kept)
    return ""


def contents(flow: Flow) -> str:
    """What is inside, in a line: `3 bottleneck blocks`, `2× conv 3×3, max pool 2×2`."""
    counts: dict[str, int] = {}
    for words in _kinds(flow):
        counts[words] = counts.get(words, 0) + 1
    return ", ".join(_counted(words, number) for words, number in counts.items())


def _kinds(flow: Flow) -> Iterator[str]:
    for name, known in flow.nodes.items():
        node = flow.graph[name]
        if node.block in (INPUT, OUTPUT) or trails(known):
            continue
        if known.block is None:
            yield _spoken(_stem(name))
        elif node.block not in ("add", "concat", "multiply", "split", "class_token"):
            yield _lower(kind(known))


def _counted(words: str, number: int) -> str:
    words = (
        words
        if number == 1
        else f"{number} {words}s"
        if words.split()[-1] in COUNTED
        else f"{number}× {words}"
    )
    return words.replace(" ", NBSP)


def _tells(part: Part) -> bool:
    """Whether a node's id is more than its block's name with a number."""
    block, stem = part.known.block, _stem(part.node.id)
    if part.node.id.rstrip("0123456789_") == getattr(block, "stem", ""):
        return False
    family = {"conv", "pool", "fc", "linear", "block", "layer", "norm", "bn", "relu"}
    plain = {getattr(block, "stem", ""), getattr(block, "id", "")}
    return stem not in plain | family and not any(len(stem) > 2 and n.startswith(stem) for n in plain)


def _stem(name: str) -> str:
    """`stage3_block1` → `block`, `conv2` → `conv`."""
    return re.sub(r"[\d_]+$", "", name).split("_")[-1] or name


def _spoken(name: str) -> str:
    """`stage_a` → `stage a`, `stage1` → `stage 1`, `fc1` → `FC1`."""
    if not re.search("[aeiouy_]", name):
        return name.upper()
    return re.sub(r"(?<=[a-z]{2})(?=\d)", " ", name).replace("_", " ").strip()


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _lower(words: str) -> str:
    first = words.split()[0] if words else ""
    plain = first[1:].islower() and first[:1].isalpha() and not first.startswith(("Swin", "Xcept", "Incept"))
    return words[:1].lower() + words[1:] if plain else words
