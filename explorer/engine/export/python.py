"""A design as readable PyTorch source: a class per composite, wires as variables.

This text is the compiler's output too: what is exported is exactly what runs.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Hashable, Iterator
from dataclasses import replace

from explorer.blocks.block import Literal, Made
from explorer.engine.export.classes import ClassPlan, plan_classes
from explorer.engine.export.parts import Leaf, Statement, Whole, take_apart
from explorer.engine.export.targets import is_own, own_sources, written_name
from explorer.graph.flow import Flow

_IMPORTS = {
    "math": "import math",
    "torch": "import torch",
    "Callable": "from collections.abc import Callable",
    "Any": "from typing import Any",
    "Tensor": "from torch import Tensor",
    "nn": "from torch import nn",
    "F": "from torch.nn import functional as F",
}


def write_python(flow: Flow, name: str) -> str:
    """Return one file that needs only torch and holds the class `Model`.

    Args:
        flow: of a design without problems.
        name: of the design, for the head of the file.

    Raises:
        ValueError: the design has problems; the first one's sentence.

    """
    return write_parts(parts_of(flow, name), name)


def parts_of(flow: Flow, name: str) -> Whole:
    """The whole model taken apart; raises `ValueError` when the design has problems."""
    given = ", ".join(f"{key} {tensor.text}" for key, tensor in flow.inputs.items() if tensor)
    about = f"{_title(name)}: {given or 'no input'}; {flow.parameters:,} parameters."
    return take_apart(flow, "Model", about)


def write_parts(model: Whole, name: str) -> str:
    """Write a model that was taken apart (see `write_python`)."""
    own = own_sources(sorted({t for leaf in _leaves(model) for t in leaf.targets if is_own(t)}))
    plans = plan_classes(model, set(own))
    bodies = [*own.values(), *("\n".join(_class(plan, plans)) for plan in plans.values())]
    head = [
        f'"""{_title(name)}, written by Architecture Explorer.',
        "",
        "`Model()` takes a batch first axis.",
        '"""',
        "",
    ]
    text = "\n\n\n".join(bodies) + "\n"
    return "\n".join([*head, "from __future__ import annotations", "", *_imports(text)]) + "\n\n\n" + text


def _title(name: str) -> str:
    return re.sub(r"[^\w .,:+×-]", " ", name)[:80].strip() or "design"


def _imports(text: str) -> list[str]:
    used = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    lines = [line for name, line in _IMPORTS.items() if name in used]
    if "from torch import Tensor" in lines and "from torch import nn" in lines:
        lines[lines.index("from torch import Tensor")] = "from torch import Tensor, nn"
        lines.remove("from torch import nn")
    plain = [
        line
        for line in lines
        if line == "import math" or line.startswith(("from collections", "from typing"))
    ]
    rest = [line for line in lines if line not in plain]
    return [*sorted(plain, reverse=True), *([""] if plain else []), *rest]


def _leaves(whole: Whole) -> Iterator[Leaf]:
    for _, child in whole.children:
        if isinstance(child, Whole):
            yield from _leaves(child)
        else:
            yield child


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
        return [line(statement) for statement in whole.statements]
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
