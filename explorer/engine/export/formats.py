"""A model handed on in other forms: a program of `torch.export`, ONNX, TorchScript, all from the source.

Batch and sizes stay open as far as the design takes others (see `explorer.engine.export.sizes`).
"""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from math import ceil
from typing import Any

import torch
from torch import Tensor, nn
from torch.export import Dim

from explorer.engine.export.header import input_names, sizes_in_words
from explorer.engine.export.sizes import Side, SizeLaw
from explorer.graph.flow import Flow

CLOSE = 1e-5
"""How far an answer of an ONNX file may be from torch's, as a share of the largest value or of 1."""
NEEDS = ("onnx", "onnxscript")
DRAWN = "other sizes as drawn"
INSTALL = "pip install onnx onnxscript onnxruntime"


class ExportProblem(ValueError):
    """A model that cannot be written in a form; the text is a sentence."""


class Written:
    """A model as bytes, with what has to be said about it.

    Attributes:
        content: of the file. note: the sizes that it takes, in words.

    """

    def __init__(self, content: bytes, note: str) -> None:
        self.content, self.note = content, note


def examples(
    flow: Flow, batch: int = 2, seed: int = 0, sizes: Mapping[tuple[str, int], int] | None = None
) -> tuple[Tensor, ...]:
    """Inputs of the drawn size, or with other `sizes` of some axes; ids are 0 and 1."""
    generator = torch.Generator().manual_seed(seed)
    found = []
    for name, tensor in flow.inputs.items():
        own = enumerate(tensor.shape if tensor else ())
        shape = (batch, *((sizes or {}).get((name, axis), size) for axis, size in own))
        if tensor is not None and tensor.dtype == "int":
            found.append(torch.randint(2, shape, generator=generator))
        elif tensor is not None and tensor.dtype == "bool":
            found.append(torch.rand(shape, generator=generator) < 0.5)
        else:
            found.append(torch.randn(shape, generator=generator))
    return tuple(found)


def larger(law: SizeLaw) -> dict[tuple[str, int], int]:
    """Other sizes that a design takes: a step more along each axis that is open, two along the next."""
    found: dict[tuple[str, int], int] = {}
    for number, side in enumerate(side for side in law.sides if not side.fixed):
        more = (number % 2 + 1) * side.step if side.tied is None else 0
        size = found[side.tied] - _drawn(law, side.tied) if side.tied is not None else more
        found[side.key] = side.drawn + (size if side.most is None else min(size, side.most - side.drawn))
    return found


def _drawn(law: SizeLaw, key: tuple[str, int]) -> int:
    return next(side.drawn for side in law.sides if side.key == key)


def open_sizes(flow: Flow, law: SizeLaw) -> tuple[dict[int, Any], ...]:
    """For each input, the axes that stay open, as `torch.export` takes them."""
    batch = Dim("batch")
    dims: dict[tuple[str, int], Any] = {}
    for side in law.sides:
        if not side.fixed and side.tied is None:
            dims[side.key] = _dim(side)
    for side in law.sides:
        if side.tied in dims and not side.fixed:
            first = next(one for one in law.sides if one.key == side.tied)
            more = side.drawn - first.drawn
            dims[side.key] = dims[side.tied] + more if more else dims[side.tied]
    rows = []
    for name in flow.inputs:
        row: dict[int, Any] = {0: batch}
        row.update({axis + 1: dims[name, axis] for (key, axis) in dims if key == name})
        rows.append(row)
    return tuple(rows)


def _shrinking(flow: Flow, law: SizeLaw) -> float:
    """By how much the smallest axis that follows the input is smaller than it."""
    if not law.at:
        return 1.0
    drawn = max((side.drawn for side in law.sides if not side.fixed), default=1)
    sizes: list[int] = []

    def walk(one: Flow, other: Flow) -> None:
        for name, known in one.nodes.items():
            changed = other.nodes[name]
            inside, there = known.inner, changed.inner
            if inside is not None and there is not None and inside.nodes.keys() == there.nodes.keys():
                walk(inside, there)
            for a, b in zip(known.outputs.values(), changed.outputs.values(), strict=True):
                if a is not None and b is not None and len(a.shape) == len(b.shape):
                    sizes.extend(n for n, m in zip(a.shape, b.shape, strict=True) if n != m)

    walk(flow, law.at[0])
    return drawn / min(sizes, default=drawn)


def followed(flow: Flow, law: SizeLaw) -> SizeLaw:
    """The sizes that `torch.export` follows: none where an axis has size 1, which it treats apart."""
    times = _shrinking(flow, law)
    sides = []
    for side in law.sides:
        wanted = max(side.least, min(side.drawn, ceil(times) + 1))
        least = side.drawn - (side.drawn - wanted) // side.step * side.step
        sides.append(side if side.fixed else replace(side, least=least))
    return replace(law, sides=tuple(sides))


def _dim(side: Side) -> Any:
    """The sizes of a side: `16·n + 12`."""
    name = f"{input_names([side.input])[0]}_{side.letter.lower()}"
    rest = side.drawn % side.step
    least = max(1, (side.least - rest) // side.step)
    most = None if side.most is None else (side.most - rest) // side.step
    dim = Dim(name, min=least) if most is None else Dim(name, min=least, max=most)
    return dim if side.step == 1 else side.step * dim + rest if rest else side.step * dim


@contextmanager
def quiet() -> Iterator[None]:
    """No word of torch's tools on the way: what has to be said we say."""
    loggers = [logging.getLogger(name) for name in ("torch", "onnxscript", "onnx_ir")]
    levels = [logger.level for logger in loggers]
    try:
        for logger in loggers:
            logger.setLevel(logging.CRITICAL)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def program(model: nn.Module, flow: Flow, law: SizeLaw) -> tuple[Any, str]:
    """The model as a program of `torch.export`, and the sizes that it takes, in words.

    Raises:
        ExportProblem: torch cannot follow it.

    """
    given, law = examples(flow), followed(flow, law)
    free = "; ".join(sizes_in_words(flow, law))
    tries: list[tuple[tuple[dict[int, Any], ...] | None, str]] = [(open_sizes(flow, law), free)]
    if any(not side.fixed for side in law.sides):
        tries.append((open_sizes(flow, SizeLaw()), f"any batch; {DRAWN}"))
    tries.append((None, f"a batch of 2; {DRAWN}"))
    problem: Exception | None = None
    for dims, note in tries:
        try:
            with torch.no_grad():
                return torch.export.export(model, given, dynamic_shapes=dims), note
        except Exception as found:  # torch raises what it likes here
            problem = problem or found
    raise ExportProblem(f"torch.export cannot follow this network: {_first_line(problem)}")


def _first_line(problem: Exception | None) -> str:
    lines = [line.strip() for line in str(problem).splitlines() if line.strip()]
    return lines[0][:200] if lines else type(problem).__name__


def write_pt2(model: nn.Module, flow: Flow, law: SizeLaw) -> Written:
    """A `.pt2` file, for `torch.export.load`."""
    with quiet():
        made, note = program(model, flow, law)
        target = io.BytesIO()
        torch.export.save(made, target)
    return Written(target.getvalue(), note)


def write_torchscript(model: nn.Module, flow: Flow, law: SizeLaw) -> Written:
    """A TorchScript file, for `torch.jit.load`: scripted, or traced where a loop or the like forbids it."""
    target, note = io.BytesIO(), "; ".join(sizes_in_words(flow, law))
    with quiet():
        try:
            made: Any = torch.jit.script(model)
        except Exception:  # torch raises what it likes here
            note = f"traced, not scripted: a batch of 2; {DRAWN}"
            with torch.no_grad():
                trace: Any = torch.jit.trace
                made = trace(model, examples(flow), check_trace=False)
        torch.jit.save(made, target)
    return Written(target.getvalue(), note)


def write_onnx(model: nn.Module, flow: Flow, law: SizeLaw) -> Written:
    """An ONNX file, whose answers were held against torch's where onnxruntime is there.

    Raises:
        ExportProblem: packages are missing, torch cannot follow the network, or answers differ.

    """
    missing = [name for name in NEEDS if find_spec(name) is None]
    if missing:
        raise ExportProblem(f"ONNX needs {' and '.join(missing)}, not installed here. To install: {INSTALL}.")
    with quiet():
        made, note = program(model, flow, law)
        names = input_names(list(flow.inputs))
        try:
            found = torch.onnx.export(
                made, input_names=names, output_names=list(flow.outputs), dynamo=True, verbose=False
            )
        except Exception as problem:  # torch raises what it likes here
            raise ExportProblem(f"ONNX has no form for this network: {_first_line(problem)}") from None
        assert found is not None
        content = found.model_proto.SerializeToString()
    if find_spec("onnxruntime") is not None:
        compare(content, model, names, examples(flow))
        if "any batch" in note:
            sizes = {} if DRAWN in note else larger(law)
            compare(content, model, names, examples(flow, 3, seed=1, sizes=sizes))
        note += f"; answers within {CLOSE:g} of torch's"
    return Written(content, note)


def compare(content: bytes, model: nn.Module, names: Sequence[str], given: tuple[Tensor, ...]) -> None:
    """Raise `ExportProblem` when an ONNX file answers otherwise than the model."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    known = {entry.name for entry in session.get_inputs()}
    pairs = {name: tensor.numpy() for name, tensor in zip(names, given, strict=True) if name in known}
    answers = session.run(None, pairs)
    with torch.no_grad():
        wanted = model(*given)
    for one, other in zip(answers, wanted if isinstance(wanted, tuple) else (wanted,), strict=True):
        away = (
            (torch.as_tensor(one).double() - other.double()).abs().max() if other.numel() else torch.zeros(())
        )
        if not away <= CLOSE * max(1.0, float(other.double().abs().max())):
            raise ExportProblem(
                f"The ONNX file answers otherwise than torch, by up to {float(away):.3g}; it was not kept."
            )


WRITERS: dict[str, Callable[[nn.Module, Flow, SizeLaw], Written]] = {
    "pt2": write_pt2,
    "onnx": write_onnx,
    "torchscript": write_torchscript,
}
"""By the name of the form."""
