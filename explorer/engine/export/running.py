"""A design as the PyTorch source that the engine runs: a class per composite, wires as variables.

Every block is a module at its address, so that all can be looked at. What people keep is written in fewer
words from the same parts (see `explorer.engine.export.python`) and computes the same.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

from explorer.blocks.block import Literal, Made
from explorer.engine.export.classes import ClassPlan, plan_classes
from explorer.engine.export.imports import imports_of
from explorer.engine.export.parts import Leaf, Statement, Whole, leaves_below, title_of
from explorer.engine.export.targets import is_own, own_sources, written_name


def write_parts(model: Whole, name: str) -> str:
    """Write a model that was taken apart (see `write_python`)."""
    own = own_sources(sorted({t for leaf in leaves_below(model) for t in leaf.targets if is_own(t)}))
    plans = plan_classes(model, set(own))
    bodies = [*own.values(), *("\n".join(_class(plan, plans)) for plan in plans.values())]
    head = [
        f'"""{title_of(name)}, written by Architecture Explorer.',
        "",
        "`Model()` takes a batch first axis.",
        '"""',
        "",
    ]
    text = "\n\n\n".join(bodies) + "\n"
    return "\n".join([*head, "from __future__ import annotations", "", *imports_of(text)]) + "\n\n\n" + text


def _class(plan: ClassPlan, plans: dict[Hashable, ClassPlan]) -> list[str]:
    whole = plan.example
    parameters = "".join(f", {name}" for name in plan.parameters)
    lines = [f"class {plan.name}(nn.Module):"]
    if whole.about:
        about = whole.about.replace("\\", "\\\\").replace('"""', "'''")
        lines += [f'    """{about}"""', ""]
    lines += [f"    def __init__(self{parameters}):", "        super().__init__()"]
    position = 0
    for name, child in whole.children:
        count = len(child.literals)
        names = [
            plan.parameters[slot] if slot is not None else None
            for slot in plan.slots[position : position + count]
        ]
        lines.append(f"        self.{name} = {_construct(child, names, plans)}")
        position += count
    inputs = "".join(f", {name}" for name in whole.inputs)
    lines += ["", f"    def forward(self{inputs}):"]
    lines += [f"        {line}" for line in _forward(whole, remarks=not plan.shared)]
    lines.append(f"        return {', '.join(whole.returns)}")
    return lines


def _forward(whole: Whole, *, remarks: bool) -> list[str]:
    """The statements, and round those of a loop the loop."""

    def line(statement: Statement) -> str:
        text = f"self.{statement.child}({', '.join(statement.ins)})"
        text = f"{', '.join(statement.outs)} = {text}" if statement.outs else text
        return f"{text}  # {statement.shape}" if remarks else text

    each = [s for s in whole.statements if s.phase == "each"]
    if not each:
        lines = []
        for statement, gone in zip(whole.statements, _last_read(whole), strict=True):
            lines.append(line(statement))
            if gone:
                lines.append(f"del {', '.join(gone)}")
        return lines
    by_phase = {
        name: [s for s in whole.statements if s.phase == name]
        for name in ("before", "states", "body", "collects", "after")
    }
    lines = [line(s) for name in ("before", "states") for s in by_phase[name]]
    lines += [f"{s.outs[0]} = []" for s in by_phase["collects"]]
    variables = ", ".join(s.outs[0] for s in each)
    sequences = [f"self.{s.child}({', '.join(s.ins)})" for s in each]
    over = sequences[0] if len(each) == 1 else f"zip({', '.join(sequences)}, strict=True)"
    lines.append(f"for {variables} in {over}:")
    lines += [f"    {line(s)}" for s in by_phase["body"]]
    lines += [f"    {s.outs[0]}.append({s.ins[0]})" for s in by_phase["collects"]]
    if whole.carries:
        states, following = (", ".join(names) for names in zip(*whole.carries, strict=True))
        lines.append(f"    {states} = {following}")
    if not (by_phase["body"] or by_phase["collects"]):
        lines.append("    pass")
    lines += [line(replace(s, ins=(s.outs[0],))) for s in by_phase["collects"]]
    return [*lines, *(line(s) for s in by_phase["after"])]


def _last_read(whole: Whole) -> list[list[str]]:
    """For each statement the variables that nothing after it reads: their memory is given back at once."""
    later = {*whole.returns, "None"}  # an empty port
    found: list[list[str]] = []
    for statement in reversed(whole.statements):
        over = dict.fromkeys(name for name in (*statement.ins, *statement.outs) if name not in later)
        found.append(list(over))
        later |= over.keys()
    return found[::-1]


def _literal(value: Literal) -> str:
    if not isinstance(value, Made):
        return repr(value)
    words = [_literal(one) for one in value.args] + [f"{k}={_literal(v)}" for k, v in value.kwargs]
    return f"{written_name(value.target)}({', '.join(words)})"


def _construct(child: Leaf | Whole, names: list[str | None], plans: dict[Hashable, ClassPlan]) -> str:
    written = [name or _literal(value) for name, value in zip(names, child.literals, strict=True)]
    if isinstance(child, Leaf):
        words = [*written[: len(child.args)]]
        words += [f"{k}={v}" for (k, _), v in zip(child.kwargs, written[len(child.args) :], strict=True)]
        return f"{written_name(child.target)}({', '.join(words)})"
    plan = plans[child.skeleton]
    values = [written[plan.slots.index(number)] for number in range(len(plan.parameters))]
    return f"{plan.name}({', '.join(values)})"
