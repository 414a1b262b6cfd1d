"""An open design with an engine beside it: tells it of every edit as a session of the window would."""

from __future__ import annotations

import torch

from explorer import protocol
from explorer.blocks.registry import registry
from explorer.engine.compile import Compiled, compile_flow
from explorer.engine.handlers import TABLE
from explorer.engine.probes import quiet
from explorer.engine.state import EngineState
from explorer.graph import files
from explorer.graph.document import Document
from explorer.graph.edits import Edit
from explorer.graph.moves import Step, moves_of
from explorer.graph.resolve import Resolver
from explorer.graph.workspace import Workspace
from explorer.protocol import events, requests


class Desk:
    """Applies edits; `sync` sends the design with what moved, and asks for the state that it had."""

    def __init__(self, document: Document, store: str = "") -> None:
        self.workspace = Workspace(registry(), document)
        self.heard: list[events.Event] = []
        self.engine = EngineState(self.heard.append, device=torch.device("cpu"))
        self.ask(requests.Hello(version=protocol.VERSION, store=store))
        self.moves: list[Step] = []
        self.loaded: int | None = None
        document.listen(self._on_edit)
        self.sync()

    @property
    def document(self) -> Document:
        return self.workspace.document

    @property
    def state(self) -> int:
        return self.workspace.history.state

    def _on_edit(self, edit: Edit) -> None:
        self.moves += moves_of(edit, self.document)

    def ask(self, request: requests.Request) -> events.Event:
        TABLE[type(request)](self.engine, request)
        return self.heard[-1]

    def sync(self, *, fit: bool = True) -> events.Loaded | None:
        """Load what the document holds now, if it runs."""
        if self.workspace.flow.problems:
            return None
        loaded = self.ask(
            requests.Load(
                design=files.encode(self.document),
                revision=self.workspace.revision,
                moves=tuple(self.moves),
                leave="" if self.loaded is None else f"h{self.loaded}",
                restore=f"h{self.state}",
                fit=fit,
            )
        )
        assert isinstance(loaded, events.Loaded)
        self.moves.clear()
        self.loaded = self.state
        return loaded

    def edit(self, edit: Edit, *, fit: bool = True) -> events.Loaded:
        """Apply an edit after which the design runs, and load it."""
        self.workspace.apply(edit)
        loaded = self.sync(fit=fit)
        assert loaded is not None, self.workspace.flow.problems
        return loaded

    def undo(self) -> events.Loaded | None:
        self.workspace.history.undo()
        return self.sync()

    def redo(self) -> events.Loaded | None:
        self.workspace.history.redo()
        return self.sync()

    def tensors(self) -> dict[str, torch.Tensor]:
        """A copy of all tensors of the model."""
        return {name: value.clone() for name, value in self.engine.model().module.state_dict().items()}

    def learn(self, seed: int) -> None:
        """Change every tensor a little, as training would."""
        generator = torch.Generator().manual_seed(seed)
        for name, value in self.engine.model().module.state_dict().items():
            if name.endswith("num_batches_tracked"):
                value += 1
            elif value.is_floating_point():
                noise = torch.rand(value.shape, generator=generator) + 0.5
                value.mul_(noise) if name.endswith("running_var") else value.add_(noise - 1)

    def answers(self) -> tuple[torch.Tensor, ...]:
        """What the network says of one input in evaluation."""
        compiled = self.engine.model()
        generator = torch.Generator().manual_seed(11)
        given = [torch.randn(2, *t.shape, generator=generator) for t in compiled.flow.inputs.values() if t]
        with quiet(compiled.module), torch.no_grad():
            made = compiled.module(*given)
        return made if isinstance(made, tuple) else (made,)


def same(one: tuple[torch.Tensor, ...], other: tuple[torch.Tensor, ...]) -> bool:
    """Whether two answers are equal bit for bit."""
    return len(one) == len(other) and all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


def learned(document: Document) -> Desk:
    """An open design whose network has learned something."""
    desk = Desk(document)
    desk.learn(5)
    return desk


def compiled(document: Document, seed: int = 1) -> Compiled:
    """A network with the weights that it begins with."""
    flow = Resolver(registry()).resolve(document)
    return compile_flow(flow, "n", torch.device("cpu"), seed=seed)
