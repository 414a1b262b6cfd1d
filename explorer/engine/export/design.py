"""A whole design handed on: as a file of Python, or as a program with the weights of a live model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import nn

from explorer.architectures.gallery import gallery
from explorer.engine.compile import Compiled, build_module
from explorer.engine.export.formats import WRITERS, Written
from explorer.engine.export.header import Facts
from explorer.engine.export.python import write_python
from explorer.engine.export.sizes import SizeLaw, law_of
from explorer.graph.document import Document
from explorer.graph.flow import Flow
from explorer.graph.resolve import Resolver


@dataclass(frozen=True)
class Design:
    """A design without problems, with what exports of it have in common."""

    flow: Flow
    facts: Facts
    law: SizeLaw

    @property
    def source(self) -> str:
        """The file of Python."""
        return write_python(self.flow, self.facts.name, self.facts, self.law)

    def model(self, live: Compiled) -> nn.Module:
        """`Model()` of the file with the live weights, ready for use."""
        model = build_module(self.source).eval()
        tensors = {name: tensor.detach().cpu() for name, tensor in live.module.state_dict().items()}
        model.load_state_dict(tensors)
        return model

    def written(self, live: Compiled, form: str) -> Written:
        """The model in one of the forms of `WRITERS`; raises `ExportProblem` with a sentence."""
        with torch.random.fork_rng(devices=[]):
            return WRITERS[form](self.model(live), self.flow, self.law)


def study(
    document: Document, flow: Flow, resolver: Resolver, options: Mapping[str, object] | None = None
) -> Design:
    """Find out what an export of a design has to say.

    Args:
        document: without problems. flow: of it. resolver: that worked it out.
        options: with which it was built, when it is a network of the gallery.

    """
    entry = next((entry for entry in gallery().values() if entry.title == document.name), None)
    facts = Facts(document.name, entry.source if entry else "", tuple((options or {}).items()))
    return Design(flow, facts, law_of(document, flow, resolver))
