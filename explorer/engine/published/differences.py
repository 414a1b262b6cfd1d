"""What publishers' networks do otherwise than designs of ours whose tensors fit theirs.

Such a file would load without a gap and answer something else. A row of `DIFFERENCES` names the networks,
says in words what they do, and how a design that does it too is told from one that does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from explorer.engine.published.fingerprints import Origin, origins
from explorer.engine.published.layers import State
from explorer.engine.published.report import Report
from explorer.graph.flow import Flow


@dataclass(frozen=True)
class Difference:
    """One thing that some networks do.

    Attributes:
        library: of the networks. networks: pattern of their names.
        words: what they do, behind “it”, as part of a sentence.
        here: whether a design does so too.

    """

    library: str
    networks: str
    words: str
    here: Callable[[Flow], bool]


def _blocks(flow: Flow) -> set[str]:
    return {node.block.id for _, node in flow.walk() if node.block is not None and node.is_leaf}


def _without(wrong: str) -> Callable[[Flow], bool]:
    """Designs that have no block of this kind."""
    return lambda flow: wrong not in _blocks(flow)


def _never(_flow: Flow) -> bool:
    return False


DIFFERENCES: tuple[Difference, ...] = (
    Difference("timm", r"mobilenetv1_.*", "has ReLU6 where this design has ReLU", _without("relu")),
    Difference(
        "timm",
        r"tf_.*",
        "pads as TensorFlow does, unevenly at even sizes, and has an ε of 0.001 in its norms",
        _never,
    ),
)


def judged(report: Report, state: State, flow: Flow, file: str) -> Report:
    """Add to a report whose file it is, and what the publisher's network does otherwise.

    Args:
        report: how the tensors fit. state: of the file, by its names. flow: of the design.
        file: its name, which tells apart networks that have the same tensors.

    """
    found = origins(state)
    known, perhaps = [], []
    for row in DIFFERENCES if report.fits else ():
        doing = _doing(row, found)
        if not doing or row.here(flow):
            continue
        others = [name for origin in found for name in origin.networks if name not in doing]
        if not others or (_named(file, doing) > _named(file, others)):
            known.append(f"{' or '.join(doing[:2])} of {row.library} {row.words}")
        elif not _named(file, others):
            perhaps.append(
                f"{' and '.join(others[:2])} fit, but the file can also be {doing[0]} of {row.library}, with "
                f"the same tensors, which {row.words}: then answers are wrong. Its name does not say."
            )
    return replace(report, origins=found, known=tuple(known), perhaps=tuple(perhaps))


def _doing(row: Difference, found: tuple[Origin, ...]) -> list[str]:
    return [
        name
        for origin in found
        if origin.library == row.library
        for name in origin.networks
        if re.fullmatch(row.networks, name)
    ]


def _named(file: str, networks: list[str]) -> int:
    """Length of the longest of these names that the name of a file holds."""
    return max((len(name) for name in networks if name in file), default=0)
