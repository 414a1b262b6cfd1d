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
        at_times: only with some weights of the publisher, and hardly seen in answers: said, not refused.

    """

    library: str
    networks: str
    words: str
    here: Callable[[Flow], bool]
    at_times: bool = False

    def tells(self, origin: Origin, network: str, flow: Flow) -> bool:
        """Whether a network does this and a design does not."""
        named = origin.library == self.library and re.fullmatch(self.networks, network)
        return bool(named) and not self.here(flow)


def _blocks(flow: Flow) -> set[str]:
    return {node.block.id for _, node in flow.walk() if node.block is not None and node.is_leaf}


def _without(wrong: str) -> Callable[[Flow], bool]:
    """Designs that have no block of this kind."""
    return lambda flow: wrong not in _blocks(flow)


def _eps(value: float) -> Callable[[Flow], bool]:
    """Designs all of whose batch norms have this ε."""
    return lambda flow: all(
        getattr(node.block, "eps", value) == value
        for _, node in flow.walk()
        if node.block is not None and node.block.id == "batch_norm"
    )


def _never(_flow: Flow) -> bool:
    return False


DIFFERENCES: tuple[Difference, ...] = (
    Difference("timm", r"mobilenetv1_.*", "has ReLU6 where this design has ReLU", _without("relu")),
    Difference(
        "timm",
        r"mobilenetv3_(large|small)_\d+",
        "has an ε of 0.00001 in its norms, other than this design",
        _eps(1e-5),
    ),
    Difference(
        "timm",
        r"tf_.*",
        "pads as TensorFlow does, unevenly at even sizes, and has an ε of 0.001 in its norms",
        _never,
    ),
    Difference(
        "torchvision",
        r"(fasterrcnn|maskrcnn|retinanet)_resnet50_fpn",
        "sets ε of the norms in its backbone to 0 for its weights COCO_V1; those of this design have more, "
        "which shifts scores a little. Set eps to 0 there to have the publisher's answers",
        _eps(0.0),
        at_times=True,
    ),
)


def judged(report: Report, state: State, flow: Flow, file: str) -> Report:
    """Add to a report whose file it is, and what the publisher's network does otherwise.

    Args:
        report: how the tensors fit. state: of the file, by its names. flow: of the design.
        file: its name, which tells apart networks that have the same tensors.

    """
    found = origins(state)
    if not report.fits:
        return replace(report, origins=found)
    networks = [(origin, name) for origin in found for name in origin.networks]
    at_times = [
        f"{name} of {origin.library} {row.words}."
        for origin, name in networks
        for row in DIFFERENCES
        if row.at_times and row.tells(origin, name, flow)
    ]
    apart = {
        (origin.library, name): [
            row.words for row in DIFFERENCES if not row.at_times and row.tells(origin, name, flow)
        ]
        for origin, name in networks
    }
    longest = max((len(name) for _, name in apart if name in file), default=0)
    if longest:
        apart = {key: words for key, words in apart.items() if key[1] in file and len(key[1]) == longest}
    wrong = [
        f"{name} of {library} {', and '.join(words)}" for (library, name), words in apart.items() if words
    ]
    if len(wrong) == len(apart):
        return replace(report, origins=found, known=tuple(wrong[:2]))
    perhaps = at_times + [
        f"The file can also be another network of the same tensors: {words}." for words in wrong
    ]
    return replace(report, origins=found, perhaps=tuple(perhaps[:2]))
