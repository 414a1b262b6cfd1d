"""The engine in this process, for commands and notebooks: a request in, its answer out."""

from __future__ import annotations

from collections.abc import Callable

from explorer.engine.handlers import TABLE
from explorer.engine.state import EngineState
from explorer.graph import files
from explorer.graph.document import Document
from explorer.graph.flow import Flow
from explorer.protocol import events, requests
from explorer.resources import weights_file


class LocalEngine:
    """Holds one design and answers requests about it without a process boundary."""

    def __init__(self, document: Document, *, seed: int = 0, weights: str = "") -> None:
        """Compile the design and read its weights (or those that ship with it).

        `weight_problems` are what did not fit, in words.

        Raises:
            RequestProblem: the design has problems, or the weights do not fit.

        """
        self._answers: list[events.Event] = []
        self._on_news: Callable[[events.Event], object] | None = None
        self._state = EngineState(self._take)
        self.ask(requests.Load(design=files.encode(document), seed=seed))
        source = weights or weights_file(document.settings.get("weights"))
        self.weight_problems: tuple[str, ...] = ()
        if source:
            loaded = self.ask(requests.LoadWeights(path=source))
            assert isinstance(loaded, events.WeightsLoaded)
            self.weight_problems = loaded.problems
        self.has_weights = bool(source)

    @property
    def flow(self) -> Flow:
        """What the design was compiled from."""
        return self._state.model().flow

    def ask(
        self, request: requests.Request, on_news: Callable[[events.Event], object] | None = None
    ) -> events.Event:
        """Answer one request; `on_news` hears of it on the way. Raises `RequestProblem`."""
        self._answers.clear()
        self._on_news = on_news
        TABLE[type(request)](self._state, request)
        return self._answers[-1]

    def _take(self, event: events.Event) -> None:
        self._answers.append(event)
        if self._on_news is not None:
            self._on_news(event)


def demonstrate(block: str) -> events.Demonstrated:
    """The picture of a block with its default fields; raises `RequestProblem`."""
    answers: list[events.Event] = []
    request = requests.Demonstrate(block=block, fields={})
    TABLE[requests.Demonstrate](EngineState(answers.append), request)
    (answer,) = answers
    assert isinstance(answer, events.Demonstrated)
    return answer
