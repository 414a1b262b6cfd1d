"""Docstrings of exported classes: what a part is, what it is made of, what goes in and out."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Sequence

from explorer.blocks.block import Block
from explorer.engine.export.forms import Form, Part
from explorer.engine.export.header import Facts
from explorer.graph.tensor import Tensor

WIDTH = 80
WORDS = {
    "Add": "sum", "Multiply": "product", "Concat": "concatenation", "Conv2d": "convolution",
    "Conv1d": "convolution", "Conv3d": "convolution", "BatchNorm2d": "batch norm",
    "BatchNorm1d": "batch norm", "BatchNorm3d": "batch norm", "LayerNorm": "layer norm",
    "MaxPool2d": "max pooling",
    "AvgPool2d": "average pooling", "GlobalPool": "global pooling", "Linear": "linear layer",
    "ConvTranspose2d": "transposed convolution", "Resize": "resizing", "Dropout": "dropout",
}  # fmt: skip
"""Layers as they are called in a sentence; others by the name of their class."""


def about(form: Form, facts: Facts | None) -> list[str]:
    """The docstring of a class, without indentation."""
    paragraphs = []
    block = form.example.block
    if facts is not None:
        source = f" ({_plain(facts.source).rstrip('.')})" if facts.source else ""
        paragraphs.append(f"{facts.title}{source}.")
    elif block is not None:
        paragraphs.append(_plain(form.example.about))
        if source := source_of(block):
            paragraphs.append(f"Source: {_plain(source)}")
    else:
        paragraphs.append(f"{_spoken(form.name)}: {composition(form)}.")
    arguments = list(_flags(form))
    found: list[str] = []
    for number, text in enumerate(paragraphs):
        found += [""] * (number > 0) + textwrap.wrap(text, WIDTH)
    if arguments:
        found += ["", "Args:"]
        for line in arguments:
            found += textwrap.wrap(line, WIDTH, initial_indent="    ", subsequent_indent="        ")
    return docstring(found)


def docstring(lines: list[str]) -> list[str]:
    """Lines between triple quotes."""
    if len(lines) == 1:
        return [f'"""{lines[0]}"""']
    return (
        [f'"""{lines[0]}', *lines[1:], "", '"""']
        if lines[-1].startswith(" ")
        else [f'"""{lines[0]}', *lines[1:], '"""']
    )


def _plain(text: str) -> str:
    return text.replace("\\", "/").replace('"""', "'''")


def source_of(block: type[Block]) -> str:
    """The papers of a block, without remarks."""
    text = inspect.getdoc(block) or ""
    found = re.search(r"^Source:\s*(.*?)(?=^\w[\w ]*:\s|\Z)", text, re.M | re.S)
    return " ".join(found[1].split()) if found else ""


def _spoken(name: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower()
    return words[:1].upper() + words[1:]


def _flags(form: Form) -> list[str]:
    """What each optional part is."""
    found = []
    for number, children in zip(form.flag_parameters, form.flags, strict=True):
        parts = [part for part in form.parts if part.name in children]
        if form.parameters[number].name == "residual":
            found.append("residual: whether what enters is added to what leaves.")
            continue
        found.append(
            f"{form.parameters[number].name}: whether there is {_listed([_word(p) for p in parts])}."
        )
    return found


def _word(part: Part) -> str:
    if part.form is not None:
        return f"`{part.form.name}`"
    assert part.leaf is not None
    name = part.leaf.target.partition(":")[2]
    return WORDS.get(name, name)


def _listed(words: Sequence[str]) -> str:
    words = list(dict.fromkeys(words))
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def composition(form: Form) -> str:
    """What a part is made of, in running order, repeats counted."""
    words = [_word(part) for part in form.parts]
    found: list[str] = []
    place = 0
    while place < len(words):
        length, times = 1, 1
        for size in range(1, min(5, (len(words) - place) // 2) + 1):
            count = 1
            piece = words[place : place + size]
            while words[place + count * size : place + (count + 1) * size] == piece:
                count += 1
            if count > 1 and count * size > length * times:
                length, times = size, count
        piece = words[place : place + length]
        if times == 1:
            found.append(piece[0])
        else:
            found.append(f"{times} × {piece[0]}" if length == 1 else f"{times} × ({', '.join(piece)})")
        place += length * times
    return ", ".join(found) if found else "nothing"


def passing(form: Form, inputs: Sequence[str]) -> list[str]:
    """The docstring of forward: shapes that go in and come out."""
    one = len(form.members) == 1
    given = ", ".join(f"{name} {_shape(t, one)}" for name, t in zip(inputs, form.example.given, strict=True))
    made = ", ".join(_shape(tensor, one) for tensor in form.example.made)
    text = f"Take {given} to {made}." if given else f"Return {made}."
    lines = textwrap.wrap(text if made else f"Take {given}.", WIDTH - 8)
    return docstring(lines)


def _shape(tensor: Tensor | None, numbers: bool) -> str:
    if tensor is None:
        return "(N, …)"
    axes = [
        letter if not numbers or letter in "HWTL" else str(size)
        for letter, size in zip(tensor.axes, tensor.shape, strict=True)
    ]
    return f"({', '.join(['N', *axes])})"
