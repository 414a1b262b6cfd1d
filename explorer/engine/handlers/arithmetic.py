"""One value of one layer, taken apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from explorer.engine import probes, reduce
from explorer.engine.arithmetic import NoRule, Worked, rule_for
from explorer.engine.arithmetic.arriving import Pass, caught
from explorer.engine.arithmetic.rule import added
from explorer.engine.compile import Compiled
from explorer.engine.handlers.look import is_muted, node_at
from explorer.engine.state import EngineState, RequestProblem
from explorer.engine.texts import prepared
from explorer.graph.sharing import place_of
from explorer.protocol import events, requests
from explorer.protocol.arithmetic import Share

RELATIVE = 1e-6
"""How near float32 and the double sum have to be, of the size of all that is added."""
LEAST = 1e-6
"""And of values that are almost 0, in numbers."""


def arithmetic(engine: EngineState, request: requests.Arithmetic) -> None:
    """Run the sample, catch what passes the layer, and work the value out from what arrived."""
    address = request.address
    ready = prepared(engine, request.sample)
    compiled, given = ready.compiled, ready.given
    node = node_at(compiled, address)
    if node.inner is not None:
        inside = next(
            (name for name, one in node.inner.walk(f"{address}.") if not is_muted(compiled, name)), ""
        )
        inside = inside if inside.startswith(address) else f"{address}.{inside}"
        raise RequestProblem(
            f"{address} is made of layers. Open it and choose one, such as {inside}.", address
        )
    layer = compiled.layer_at(address)
    try:
        rule = rule_for(layer)
    except NoRule:
        kind = node.block.id if node.block is not None else address
        raise RequestProblem(
            f"How a value of {address} comes about is not written out for {kind} yet. Features shows its "
            "values, attribution what they rest on.",
            address,
        ) from None
    with (
        probes.quiet(compiled.module),
        caught(layer, place_of(compiled.flow, address)) as found,
        torch.inference_mode(),
    ):
        compiled.module(*given)
    if found.output is None:
        raise RequestProblem(f"{address} did not run for this sample.", address)
    place = _place(found.output[0], request.place, address)
    with torch.inference_mode():
        worked = rule(layer, [x for x in found.sample()], place)  # type: ignore[misc]
    engine.emit(_told(engine, request, compiled, found, place, worked))


def _place(output: Tensor, wanted: Sequence[int], address: str) -> tuple[int, ...]:
    sizes = tuple(output.shape)
    if not wanted:
        best = int(output.nan_to_num(-torch.inf).argmax()) if output.numel() else 0
        return tuple(int(n) for n in np.unravel_index(best, sizes or (1,)))[: len(sizes)]
    if len(wanted) != len(sizes) or not all(0 <= n < size for n, size in zip(wanted, sizes, strict=True)):
        shape = "×".join(map(str, sizes))
        raise RequestProblem(
            f"{address} gives {shape}: a place in it is {len(sizes)} numbers from 0, each below its size, "
            f"not {','.join(map(str, wanted))}.",
            address,
        )
    return tuple(wanted)


def _told(
    engine: EngineState,
    request: requests.Arithmetic,
    compiled: Compiled,
    found: Pass,
    place: tuple[int, ...],
    worked: Worked,
) -> events.ArithmeticSet:
    assert found.output is not None
    output = found.output[0]
    value = float(output[place])
    near = RELATIVE * max(abs(value), worked.scale) + LEAST
    kept, others, more = _largest(worked.shares, request.most)
    shown, cell = _map_of(output, place)
    formula = worked.formula or added([share.adds for share in kept], worked.bias, worked.value, more)
    return events.ArithmeticSet(
        job=request.job,
        revision=engine.revision,
        address=request.address,
        place=place,
        kind=worked.kind,
        words=_with_place(worked),
        shares=tuple(kept),
        others=others,
        others_add=more,
        bias=worked.bias,
        formula=formula,
        value=value,
        worked_out=worked.value,
        exact=bool(np.isfinite(value)) and abs(worked.value - value) <= near,
        shape=tuple(output.shape),
        output=reduce.to_numpy(shown),
        cell=cell,
        step=engine.step,
    )


def _largest(shares: Sequence[Share], most: int) -> tuple[list[Share], int, float]:
    """The parts that give most, in their own order, and what all others give together."""
    if len(shares) <= most:
        return list(shares), 0, 0.0
    ranked = sorted(range(len(shares)), key=lambda n: -abs(shares[n].adds))
    kept = sorted(ranked[: max(1, most - 1)])
    rest = [shares[n].adds for n in ranked[max(1, most - 1) :]]
    return [shares[n] for n in kept], len(rest), float(sum(rest))


def _map_of(output: Tensor, place: tuple[int, ...]) -> tuple[Tensor, tuple[int, int]]:
    """The plane of the output that a place lies in, as rows and columns."""
    if output.dim() >= 3:
        plane = output[place[:-2]]
        return plane, (place[-2], place[-1])
    if output.dim() == 2:
        return output, (place[0], place[1])
    return output.reshape(1, -1), (0, place[0] if place else 0)


def _with_place(worked: Worked) -> str:
    """The sentence, and where in what arrives the window lies."""
    box = worked.box
    if box is None or not (box.rows and box.columns):
        return worked.words
    columns = f"columns {box.column} to {box.column + box.columns - 1}"
    if box.rows == 1:
        return f"{worked.words} It reads {columns} of what arrives."
    return f"{worked.words} It reads rows {box.row} to {box.row + box.rows - 1}, {columns} of what arrives."
