"""How one value of a layer comes about, a rule for each kind of torch module (see `rule.py`).

A rule is a function decorated with the modules it is for, in the file of its topic. It works in double
precision from the tensors that arrived, without the module's own code, so that the comparison with what the
module gave means something: `tests/engine/arithmetic` makes it for every block that has a rule.
"""

from __future__ import annotations

from importlib import import_module

from explorer.engine.arithmetic.rule import NoRule as NoRule
from explorer.engine.arithmetic.rule import Worked as Worked
from explorer.engine.arithmetic.rule import rule_for as rule_for

FILES = (
    "sliding",
    "linear",
    "pooling",
    "normalisation",
    "pointwise",
    "joins",
    "rearranging",
    "attention",
    "recurrent",
)
for _file in FILES:
    import_module(f"explorer.engine.arithmetic.{_file}")
