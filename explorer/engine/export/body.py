"""The forward function of a class: statements as people write them.

A norm or an activation wraps the call in front of it; a value that is used once is called `x` again, one that
is used later keeps the name that it has in the design.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from explorer.engine.export.folding import WIDTH, folded
from explorer.engine.export.forms import Form, Line, Part
from explorer.engine.export.idioms import Expression, Use, idiom_of, number, symbols_in
from explorer.graph.names import RESERVED

NESTED = 3
"""Calls that may stand inside each other."""
FOLLOWERS = {
    "BatchNorm", "LayerNorm", "GroupNorm", "InstanceNorm", "LocalResponseNorm", "ReLU", "ReLU6", "GELU",
    "SiLU", "Mish", "Sigmoid", "Tanh", "Hardswish", "Hardsigmoid", "LeakyReLU", "PReLU", "ELU", "Softmax",
    "LogSoftmax", "Softplus", "Dropout", "MaxPool", "AvgPool", "Identity", "Add", "Multiply", "Concat",
    "GlobalPool", "Scale", "Flatten", "Permute", "PixelShuffle", "ChannelShuffle",
}  # fmt: skip
"""Layers that are written round the call in front of them."""
TAKEN = set(dir(builtins)) | RESERVED | {"math", "torch", "nn", "F", "Tensor", "OrderedDict", "Model"}


_PLAIN = re.compile(r"(add|sum|relu|conv|bn|norm|drop|act|fc|gelu|concat)\d*\Z")
"""Names that say nothing about what a value is for."""


def safe(name: str) -> str:
    """A name for a variable that hides nothing of Python's or of the file's."""
    return f"{name}_" if name in TAKEN else name


@dataclass
class _Row:
    """What a statement reads and whether it can be nested."""

    line: Line
    part: Part
    reads: list[str]
    last: int = -1


@dataclass
class Body:
    """The lines of one forward function.

    Attributes:
        form: of which class. names: of every variable as it is written, at the place that is reached.
        single: names of its inputs.
        constants: whether the design has tensors whose batch axis is 1.
        attributes: arguments of idioms that the class has to keep, by parameter.

    """

    form: Form
    single: tuple[str, ...]
    constants: bool = False
    names: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, None] = field(default_factory=dict)
    _inline: dict[str, Expression] = field(default_factory=dict)
    _lines: list[str] = field(default_factory=list)
    _until: dict[str, int] = field(default_factory=dict)  # where what is called so now is read last

    def written(self) -> list[str]:
        """All lines, the `return` among them, without the class's indentation."""
        self.names = dict(zip(self.form.example.inputs, self.single, strict=True))
        for name, other in self.form.instead.items():
            self._lines += [
                f"if {self.names[name]} is None:",
                f"    {self.names[name]} = {self.names[other]}",
            ]
        if any(line.statement.phase for line in self.form.lines):
            self._loop()
        else:
            self._straight()
        returns = [self._value(name).text for name in self.form.example.returns]
        if returns:
            self._put(f"return {', '.join(returns)}", "")
        return self._lines

    # one statement after the other

    def _straight(self) -> None:
        rows = self._rows()
        position = 0
        while position < len(rows):
            flag = rows[position].line.flag
            if flag is None:
                self._statement(rows, position, "")
                position += 1
                continue
            end = position
            while end < len(rows) and rows[end].line.flag == flag:
                end += 1
            self._optional(rows, position, end)
            position = end

    def _rows(self) -> list[_Row]:
        parts = {part.name: part for part in self.form.parts}
        rows = []
        for line in self.form.lines:
            part = parts[line.statement.child]
            sizes = [symbol.variable for symbol in symbols_in(part.leaf)] if part.leaf is not None else []
            rows.append(_Row(line, part, [*line.statement.ins, *sizes]))
        self._uses: dict[str, list[int]] = {}
        for number_, row in enumerate(rows):
            for name in row.reads:
                self._uses.setdefault(name, []).append(number_)
            if row.line.instead:
                self._uses.setdefault(row.line.instead, []).append(number_)
        for name in self.form.example.returns:
            self._uses.setdefault(name, []).append(len(rows))
        for variable, name in self.names.items():
            self._until[name] = max(self._until.get(name, -1), _last_of(self._uses.get(variable)))
        return rows

    def _statement(self, rows: Sequence[_Row], position: int, indent: str, name: str = "") -> None:
        """Write a statement, or keep it to be written inside the next one."""
        statement = rows[position].line.statement
        made = self._call(rows[position])
        outs = statement.outs
        if not name and self._nests(rows, position, made):
            self._inline[outs[0]] = made
            return
        if len(outs) == 1 and not (name or self._uses.get(outs[0])):
            self._put(made.text, indent)  # nobody reads it
            return
        if len(outs) == 1:
            target = name or self._target(outs[0], position)
            self._call_it(outs[0], target)
            self._put(f"{target} = {made.text}", indent)
            return
        targets = []
        for out in outs:
            self._call_it(out, safe(out) if self._uses.get(out) else "_")
            targets.append(self.names[out])
        self._put(f"{', '.join(targets)} = {made.text}" if targets else made.text, indent)

    def _nests(self, rows: Sequence[_Row], position: int, made: Expression) -> bool:
        """Whether the next statement alone reads this one's value, and may be written round it."""
        outs = rows[position].line.statement.outs
        if len(outs) != 1 or self._uses.get(outs[0]) != [position + 1]:
            return False
        if position + 1 == len(rows):
            return len(made.text) < WIDTH - 16 and len(self.form.example.returns) == 1
        after, line = rows[position + 1], rows[position + 1].line
        if line.flag != rows[position].line.flag or outs[0] not in line.statement.ins:
            return False
        if line.instead == outs[0] or after.part.leaf is None:
            return False
        kind = after.part.leaf.target.partition(":")[2]
        idle = made.calls == 0 and idiom_of(after.part.leaf) is None  # `self.fc(x.flatten(1))`
        follows = re.sub(r"\dd$", "", kind) in FOLLOWERS
        if not (follows or idle) or made.calls >= NESTED:
            return False
        others = sum(len(self.names.get(name, name)) + 2 for name in line.statement.ins if name != outs[0])
        return len(made.text) + len(after.part.name) + others < WIDTH - 26

    def _target(self, out: str, position: int) -> str:
        """The name of a new value."""
        if len(self._reads(out)) > 1:
            wanted = "x" if _PLAIN.match(out) and not self._live("x", position) else safe(out)
            return wanted if not self._live(wanted, position) else self._free(wanted, position)
        soon = self._uses.get(out, [position + 1])[0] == position + 1
        for name in ("x", "out"):
            if (soon or _PLAIN.match(out)) and not self._live(name, position):
                return name
        return self._free(safe(out.removeprefix("to_")), position)

    def _reads(self, out: str) -> set[int]:
        """Where a value is read; an optional run that changes it, and what then takes its place, are one."""
        uses = set(self._uses.get(out, []))
        for start, end in self._runs:
            row = range(start, end)
            if any(line.instead == out for line in self.form.lines[start:end]) and uses <= set(row):
                return {start}
        return uses

    @cached_property
    def _runs(self) -> list[tuple[int, int]]:
        """Optional statements in a row: the first, the one behind the last."""
        found, start = [], 0
        lines = self.form.lines
        for number_ in range(1, len(lines) + 1):
            if number_ == len(lines) or lines[number_].flag != lines[start].flag:
                if lines[start].flag is not None:
                    found.append((start, number_))
                start = number_
        return found

    def _free(self, name: str, position: int) -> str:
        while self._live(name, position):
            name += "_"
        return name

    def _live(self, written: str, position: int) -> bool:
        """Whether a value that is called so is still read behind a statement."""
        return self._until.get(written, -1) > position

    def _call_it(self, variable: str, written: str) -> None:
        """Write a variable so from now on."""
        before = self.names.get(variable)
        self.names[variable] = written
        self._until[written] = max(self._until.get(written, -1), _last_of(self._uses.get(variable)))
        if before is not None and before != written:
            others = (v for v, name in self.names.items() if name == before)
            self._until[before] = max((_last_of(self._uses.get(v)) for v in others), default=-1)

    def _optional(self, rows: Sequence[_Row], start: int, end: int) -> None:
        """Statements that only run where the class has their layers."""
        out = next(row.line for row in rows[start:end] if row.line.instead)
        variable = next(name for name in out.statement.outs if self._leaves(name, end))
        substitute = out.instead
        target = self.names.get(substitute, substitute)
        if self._live(target, end - 1) or any(substitute in row.reads for row in rows[start + 1 : end]):
            target = self._shortcut(rows, variable, substitute, end - 1)
            if target != (value := self._value(substitute).text):
                self._put(f"{target} = {value}", "")
        elif substitute in self._inline:
            target = self._target(variable, end - 1)
            self._put(f"{target} = {self._value(substitute).text}", "")
            self._inline.pop(substitute, None)
            self._call_it(substitute, target)
        part = rows[start].part
        flag = self.form.parameters[self.form.flag_parameters[rows[start].line.flag or 0]].name
        has_module = part.leaf is None or idiom_of(part.leaf, constants=self.constants) is None
        if not has_module:
            self.attributes[flag] = None
        self._put(f"if self.{part.name} is not None:" if has_module else f"if self.{flag}:", "")
        for position in range(start, end):
            last = variable in rows[position].line.statement.outs
            self._statement(rows, position, "    ", target if last else "")
        self._call_it(variable, target)

    def _leaves(self, name: str, end: int) -> bool:
        return any(use >= end for use in self._uses.get(name, []))

    def _shortcut(self, rows: Sequence[_Row], variable: str, substitute: str, position: int) -> str:
        sums = [
            row
            for row in rows
            if variable in row.line.statement.ins and row.part.leaf and row.part.leaf.target.endswith(":Add")
        ]
        if sums and substitute in self.form.example.inputs and not self._live("identity", position):
            return "identity"
        return self._target(variable, position)

    # loops over steps, as they are drawn

    def _loop(self) -> None:
        rows = self._rows()
        phases: dict[str, list[_Row]] = {}
        for row in rows:
            phases.setdefault(row.line.statement.phase, []).append(row)
            for out in row.line.statement.outs:
                self.names[out] = safe(out)
        for name in ("before", "states"):
            for row in phases.get(name, []):
                self._put(self._plain(row), "")
        each, collects = phases.get("each", []), phases.get("collects", [])
        for row in collects:
            self._put(f"{self.names[row.line.statement.outs[0]]} = []", "")
        variables = ", ".join(self.names[row.line.statement.outs[0]] for row in each)
        sequences = [f"{self._value(row.line.statement.ins[0]).tight}.unbind(1)" for row in each]
        over = sequences[0] if len(each) == 1 else f"zip({', '.join(sequences)}, strict=True)"
        self._put(f"for {variables} in {over}:", "")
        for row in phases.get("body", []):
            if not _names_state(row):
                self._put(self._plain(row), "    ")
            else:
                self.names[row.line.statement.outs[0]] = self._value(row.line.statement.ins[0]).text
        for row in collects:
            s = row.line.statement
            self._put(f"{self.names[s.outs[0]]}.append({self._value(s.ins[0]).text})", "    ")
        if self.form.example.carries:
            states, following = zip(*self.form.example.carries, strict=True)
            targets = ", ".join(self.names[name] for name in states)
            self._put(f"{targets} = {', '.join(self._value(name).text for name in following)}", "    ")
            self.names.update({name: self.names[state] for state, name in self.form.example.carries})
        elif not (phases.get("body") or collects):
            self._put("pass", "    ")
        for row in collects:
            name = self.names[row.line.statement.outs[0]]
            self._put(f"{name} = torch.stack({name}, 1)", "")
        for row in phases.get("after", []):
            self._put(self._plain(row), "")

    def _plain(self, row: _Row) -> str:
        outs = ", ".join(self.names[name] for name in row.line.statement.outs)
        text = self._call(row).text
        return f"{outs} = {text}" if outs else text

    # expressions

    def _value(self, name: str) -> Expression:
        if name in self._inline:
            return self._inline[name]
        return Expression(self.names.get(name, name if name == "None" else safe(name)))  # an empty port

    def _call(self, row: _Row) -> Expression:
        statement, part = row.line.statement, row.part
        given = tuple(self._value(name) for name in statement.ins)
        calls = max((one.calls for one in given), default=0)
        idiom = idiom_of(part.leaf, constants=self.constants) if part.leaf is not None else None
        if idiom is not None and part.leaf is not None:
            numbers = tuple(self._number(part, place) for place in range(len(part.leaf.literals)))
            made = idiom(Use(part.leaf, given, statement, numbers))
            return Expression(made.text, made.loose, calls + (calls > 0))
        words = ", ".join(one.text for one in given)
        return Expression(f"self.{part.name}({words})", calls=calls + 1)

    def _number(self, part: Part, place: int) -> str:
        """An argument of an idiom: as it is, or kept by the class where it differs."""
        assert part.leaf is not None
        value = part.leaf.literals[place]
        key = None if place < len(part.leaf.args) else part.leaf.kwargs[place - len(part.leaf.args)][0]
        slots = part.slots
        slot = slots[place] if key is None else next(slot for slot in slots if slot.name == key)
        if slot.parameter is None:
            return number(value, self.names)
        name = self.form.parameters[slot.parameter].name
        self.attributes[name] = None
        return f"self.{name}"

    # lines

    def _put(self, text: str, indent: str) -> None:
        self._lines += [f"{indent}{line}" for line in folded(text, WIDTH - 8 - len(indent))]


def _last_of(uses: Sequence[int] | None) -> int:
    return uses[-1] if uses else -1


def _names_state(row: _Row) -> bool:
    leaf = row.part.leaf
    return leaf is not None and leaf.target == "torch.nn:Identity" and len(row.line.statement.ins) == 1
