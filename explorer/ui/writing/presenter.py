"""The text panel: asks what comes next, and lets the engine write."""

from __future__ import annotations

from explorer import words
from explorer.meaning.texts import Writer, writer_of
from explorer.protocol import events, requests
from explorer.text.vocabulary import TextProblem
from explorer.ui.desk import Desk
from explorer.ui.probing.presenter import LookPresenter
from explorer.ui.shell.parts import Parts
from explorer.ui.writing.panel import NOTHING, WritingPanel

ENDS = {
    "count": "as many as were asked for",
    "end": "the network ended it",
    "full": "the input is full",
}
LONGEST = 24


class WritingPresenter(LookPresenter):
    """What may come next is renewed with text, settings and weights; writing only when somebody asks."""

    def __init__(self, panel: WritingPanel, desk: Desk) -> None:
        super().__init__(panel, desk)
        self._panel = panel
        self._came = 0
        self._writing = desk.session.watch(
            None, self._on_written, "once", on_failed=self._on_ended, on_progress=self._on_wrote
        )
        panel.asked.connect(self.write)
        panel.stopped.connect(self._writing.stop)
        panel.drawn.connect(self.ask)

    def writer(self) -> Writer | None:
        """How the design writes, None where it does not."""
        try:
            return writer_of(self.desk.workspace.flow)
        except TextProblem:
            return None

    def request(self) -> requests.Request | None:
        """Return what may come next."""
        writer = self.writer()
        if writer is None:
            return None
        self._panel.set_words(*_words(writer))
        return requests.NextToken(sample=self.desk.session.sample, drawing=self._panel.drawing())

    def nothing(self) -> str:
        """Return the words for a design that does not write."""
        return NOTHING

    def take(self, event: events.Event) -> None:
        """Show what may come next."""
        writer = self.writer()
        if isinstance(event, events.NextTokens) and writer is not None:
            letters = writer.vocabulary.kind == "characters"
            tokens = event.tokens.get(writer.input, ())
            after = ("" if letters else " ").join(tokens)
            after = after if len(after) <= LONGEST else f"…{after[-LONGEST:]}"
            self._panel.show_next(event, after, "letter" if letters else "word")

    def write(self) -> None:
        """Write on from the text that stands there."""
        writer = self.writer()
        if writer is None:
            return
        self._came = 0
        self._panel.begin("" if writer.source else self._prompt(writer))
        drawing, count = self._panel.drawing(), self._panel.count()
        request = requests.Write(sample=self.desk.session.sample, count=count, drawing=drawing)
        self._writing.ask(request)

    def _prompt(self, writer: Writer) -> str:
        sample = self.desk.session.sample
        own = sample.more.get(writer.input, sample)
        return writer.vocabulary.example if own.text is None else own.text

    def _on_wrote(self, event: events.Event) -> None:
        if isinstance(event, events.Wrote):
            self._came += len(event.pieces)
            self._panel.add(event.pieces)
            seed = self._panel.drawing().seed
            self._panel.set_writes(True, f"{words.plural(self._came, 'token')}, seed {seed}")

    def _on_written(self, event: events.Event) -> None:
        if isinstance(event, events.Written):
            self._panel.add(event.pieces[self._came :])
            said = words.plural(len(event.pieces), "token")
            self._panel.set_writes(False, f"{said}, seed {self._panel.drawing().seed} · {ENDS[event.why]}")

    def _on_ended(self, event: events.Event) -> None:
        why = event.message if isinstance(event, events.Failed) else "stopped"
        self._panel.set_writes(False, f"{words.plural(self._came, 'token')} · {why}")

    def _on_selected(self, address: str) -> None:
        # what comes next does not depend on what is selected
        return


def _words(writer: Writer) -> tuple[str, str]:
    return ("It translates", "Translate") if writer.source else ("It writes", "Generate")


def open_panel(parts: Parts) -> WritingPresenter:
    """Make the panel for the dock."""
    return WritingPresenter(WritingPanel(), parts.desk)
