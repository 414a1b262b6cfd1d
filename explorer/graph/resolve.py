"""From a document to its flow: shapes, costs and problems at every address, without torch.

Pure and memoised: a block with the same fields and input tensors is worked out once, so the 333
equal units of a deep residual network cost one unit and 332 look-ups.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from explorer.bounds import LAYERS
from explorer.graph import exposing
from explorer.graph.builder import Builder
from explorer.graph.catalogue import BadField, Catalogue, ConfiguredBlock, ShapeError
from explorer.graph.collecting import collection_paused
from explorer.graph.document import Document
from explorer.graph.flow import Flow, repeated
from explorer.graph.level_pass import level_pass
from explorer.graph.model import Graph
from explorer.graph.ports import group_ports, port_names
from explorer.graph.tensor import Tensor
from explorer.graph.visit import MemoEntry

BYTES = 4
"""Bytes of one activation value (float32)."""
MEMO_LIMIT = 200_000
NO_VALUES: exposing.Values = MappingProxyType({})
NO_GROUPS: Mapping[str, Graph] = MappingProxyType({})


class Resolver:
    """Works out flows against one catalogue and keeps what it has worked out."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._memo: dict[object, MemoEntry] = {}
        self._copies = exposing.Copies()

    def resolve(self, document: Document) -> Flow:
        """Work out the whole document; a wrong design does not raise, its flow holds the problems."""
        self.look_again()
        with collection_paused():
            return level_pass(_Known(self, document.groups), document.root, None)

    def look_again(self) -> None:
        """Follow how groups are shown by now; begin anew when very much is remembered."""
        self._copies.follow()
        if len(self._memo) > MEMO_LIMIT:
            self._memo.clear()
            self._copies.forget()

    def block(
        self,
        block: ConfiguredBlock,
        inputs: tuple[Tensor | None, ...],
        groups: Mapping[str, Graph] = NO_GROUPS,
    ) -> MemoEntry:
        """Look up or work out one block on given inputs; a wrapper may use the document's groups."""
        key: object = (block, inputs)
        if block.used_groups:
            key = (block, inputs, stamp(groups, block.used_groups))
        entry = self._memo.get(key)
        if entry is None:
            entry = self._memo[key] = self._work_out(block, inputs, groups)
        return entry

    def group(
        self,
        name: str,
        inputs: Mapping[str, Tensor | None],
        groups: Mapping[str, Graph],
        values: exposing.Values = NO_VALUES,
    ) -> MemoEntry:
        """Look up or work out one use of a user group, with values for fields that it exposes."""
        key = (name, tuple(inputs.items()), exposing.key_of(values), stamp(groups, (name,)))
        entry = self._memo.get(key)
        if entry is None:
            graph = self._copies.of(groups[name], values)
            flow = level_pass(_Known(self, groups), graph, inputs)
            entry = self._memo[key] = summed(flow, group_ports(groups[name])[1])
        return entry

    def _work_out(
        self, block: ConfiguredBlock, inputs: tuple[Tensor | None, ...], groups: Mapping[str, Graph]
    ) -> MemoEntry:
        if block.is_composite:
            return self._expand(block, inputs, groups if block.used_groups else NO_GROUPS)
        try:
            outputs = block.outputs_for(inputs)
            bad = [t for t in outputs if min(t.shape, default=1) < 1]
            if bad:
                raise ShapeError(f"would leave nothing: its output would be {bad[0].spelled}.", code="empty")
            macs, attention = block.macs_for(inputs)
            parameters = block.parameters_for(inputs)
            receptive_field = block.receptive_field_for(inputs)
        except ShapeError as shape_error:
            return MemoEntry((), shape_error=shape_error)
        except BadField as problem:  # rules ask other blocks, which may take less than this one
            return MemoEntry((), shape_error=ShapeError(f"does not fit inside: {problem}", code="field"))
        size = sum(t.size for t in outputs) * BYTES
        return MemoEntry(outputs, parameters, parameters, macs, attention, size, receptive_field)

    def _expand(
        self, block: ConfiguredBlock, inputs: tuple[Tensor | None, ...], groups: Mapping[str, Graph]
    ) -> MemoEntry:
        builder = Builder(self.catalogue, self, groups)
        names = port_names(block, len(inputs))
        wires = [
            None if tensor is None else builder.input(name, tensor)
            for name, tensor in zip(names, inputs, strict=True)
        ]
        shape_error: ShapeError | None = None
        try:
            ends = block.expand_into(builder, wires)
            for name, wire in zip(block.outputs, ends, strict=True):
                builder.output(name, wire)
        except ShapeError as problem:
            shape_error = problem
        except BadField as problem:
            shape_error = ShapeError(f"does not fit inside: {problem}", code="field")
        given = {n: t for n, t in zip(names, inputs, strict=True) if t is not None}
        flow = level_pass(_Known(self, groups), builder.graph, given, builder.worked_out)
        if not flow.faults and shape_error is None:
            flow = repeated(flow, block.repeats_for(inputs))
        if flow.faults:
            first = flow.faults[0]
            shape_error = ShapeError(f"does not fit inside: {first.message}", code=first.code)
        return summed(flow, block.outputs, shape_error)


@dataclass(frozen=True)
class _Known:
    """What a resolver knows of blocks and groups, for one set of groups."""

    resolver: Resolver
    groups: Mapping[str, Graph]

    @property
    def catalogue(self) -> Catalogue:
        return self.resolver.catalogue

    def block(self, block: ConfiguredBlock, inputs: tuple[Tensor | None, ...]) -> MemoEntry:
        return self.resolver.block(block, inputs, self.groups)

    def group(self, name: str, inputs: Mapping[str, Tensor | None], values: exposing.Values) -> MemoEntry:
        return self.resolver.group(name, inputs, self.groups, values)


def stamp(groups: Mapping[str, Graph], names: Iterable[str]) -> Hashable:
    """Something that is another one as soon as one of these groups, or one inside them, runs otherwise."""
    found: dict[str, Hashable] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            graph = groups.get(name)
            found[name] = (graph.runs_version, graph.exposed) if graph is not None else None
            waiting += graph.register.groups if graph is not None else ()
    return tuple(found.items())


def summed(flow: Flow, outputs: Sequence[str], shape_error: ShapeError | None = None) -> MemoEntry:
    """The memo entry of something with a flow inside it."""
    if flow.leaves > LAYERS:
        words = f"unfolds into {flow.leaves:,} layers; {LAYERS:,} are the limit. Use fewer nested groups."
        return MemoEntry((None,) * len(outputs), shape_error=ShapeError(words, code="too_many_layers"))
    if shape_error is None and flow.faults:
        first = flow.faults[0]
        shape_error = ShapeError(f"does not fit inside: {first.message}", code=first.code)
    return MemoEntry(
        tuple(flow.outputs.get(name) for name in outputs),
        flow.parameters,
        flow.trainable,
        flow.macs,
        flow.macs_attention,
        flow.activation_bytes,
        None,
        flow,
        shape_error,
    )
