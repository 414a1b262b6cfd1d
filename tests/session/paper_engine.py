"""An engine on paper: remembers what was sent, answers when told to."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from explorer.architectures.gallery import find
from explorer.blocks.registry import registry
from explorer.graph.workspace import Workspace
from explorer.protocol import events, requests
from explorer.session.session import Session

Q = TypeVar("Q", bound=requests.Request)


class PaperLink:
    def __init__(self) -> None:
        self.sent: list[requests.Request] = []
        self.acknowledged: list[int] = []
        self.is_there = True

    def start(self) -> None:
        self.is_there = True

    def send(self, request: requests.Request) -> int:
        if not self.is_there:
            return 0
        self.sent.append(msgspec.structs.replace(request, job=len(self.sent) + 1))
        return len(self.sent)

    def acknowledge(self, number: int) -> None:
        self.acknowledged.append(number)

    def close(self) -> None:
        self.is_there = False

    def all(self, kind: type[Q]) -> list[Q]:
        return [request for request in self.sent if isinstance(request, kind)]

    def last(self, kind: type[Q]) -> Q:
        return self.all(kind)[-1]


class Paper:
    """A session with an engine on paper, and a clock that is set by hand."""

    def __init__(self, architecture: str = "mlp_spirals") -> None:
        self.link = PaperLink()
        self.now = 100.0
        document = find(architecture).build()
        self.session = Session(Workspace(registry(), document), self.link, lambda: self.now)

    def ready(self) -> None:
        self.session.hear(events.Ready(version=1, torch="2", devices=("cpu",), threads=1))

    def load(self, **more: object) -> None:
        """Answer the newest `Load`."""
        request = self.link.last(requests.Load)
        usual = {"parameters": 1, "device": "cpu", "kept": (), "digest": f"d{request.revision}"}
        answer = events.Loaded(job=request.job, revision=request.revision, **(usual | more))  # type: ignore[arg-type]
        self.session.hear(answer)

    def answer(self, kind: type[requests.Request], event: events.Event) -> None:
        self.session.hear(msgspec.structs.replace(event, job=self.link.last(kind).job))

    def run(self) -> None:
        self.ready()
        self.load()

    def edit(self, field: str, value: int, node: str = "fc1") -> None:
        from explorer.graph.edits import SetField

        self.session.workspace.apply(SetField(node, field, value), f"Set {field} of {node}")
        self.session.follow()
