"""Texts to look at: what is typed becomes the sample, or is refused in words at once."""

from __future__ import annotations

from PySide6.QtCore import QObject

from explorer import words
from explorer.meaning.texts import first_text, text_inputs, writer_of
from explorer.protocol.records import Sample
from explorer.text.vocabulary import TextProblem, Vocabulary
from explorer.ui.desk import Desk
from explorer.ui.probing.texts import TextInput, TextsPane


class TextsPresenter(QObject):
    """Fills one pane of texts; the sample is the desk's, so that all panes agree."""

    def __init__(self, pane: TextsPane, desk: Desk) -> None:
        super().__init__(pane)
        self._pane, self._desk = pane, desk
        self._refused: dict[str, tuple[str, str]] = {}
        pane.typed.connect(self.take)
        for news in (desk.sampled, desk.loaded, desk.changed):
            news.connect(self.show)
        self.show()

    @property
    def has_texts(self) -> bool:
        """Whether the design reads texts."""
        return bool(self._known())

    def show(self) -> None:
        """Show the texts of the present sample."""
        self._pane.set_inputs([self._input(name, known) for name, known in self._known().items()])

    def take(self, name: str, text: str) -> None:
        """Make a typed text the sample, unless its vocabulary cannot write it."""
        flow, known = self._desk.workspace.flow, self._known().get(name)
        tensor = flow.inputs.get(name)
        if known is None or tensor is None:
            return
        try:
            count = len(known.encode(text)) + (known.start is not None)
        except TextProblem as problem:
            self._refuse(name, text, str(problem))
            return
        if not count:
            self._refuse(name, text, "Write something: an empty text says nothing.")
        elif count > tensor.shape[0]:
            one, many = _units(known)
            said = words.plural(count, one, many)
            self._refuse(name, text, f"{said}, and the input takes {tensor.shape[0]}. Shorten it.")
        else:
            self._refused.pop(name, None)
            self._desk.session.choose(self._with(name, text))
            self.show()

    def _with(self, name: str, text: str) -> Sample:
        """The present sample with another text; what the network writes itself is written anew."""
        before = self._desk.session.sample
        more = dict(before.more)
        writer = writer_of(self._desk.workspace.flow)
        if writer is not None and name == writer.input and writer.source and not text.strip():
            more.pop(name, None)
        else:
            more[name] = Sample(text=text)
        return Sample(before.dataset, before.index, before.path, before.values, None, more)

    def _refuse(self, name: str, text: str, why: str) -> None:
        self._refused[name] = (text, why)
        self.show()

    def _input(self, name: str, known: Vocabulary) -> TextInput:
        if name in self._refused:
            text, why = self._refused[name]
            return TextInput(name, text, why, wrong=True)
        sample = self._desk.session.sample
        own = sample.more.get(name, Sample(text=sample.text) if name == self._first() else Sample())
        writer = writer_of(self._desk.workspace.flow)
        hint = ""
        text = own.text or ""
        if own.text is None and writer is not None and name == writer.input and writer.source:
            hint = "what the network writes"
        elif own.text is None:
            text = known.example
        tensor = self._desk.workspace.flow.inputs.get(name)
        try:
            count = len(known.encode(text))
        except TextProblem as problem:  # it was typed for another vocabulary
            return TextInput(name, text, str(problem), wrong=True)
        one, many = _units(known)
        most = tensor.shape[0] - (known.start is not None) if tensor is not None else 0
        said = "Empty: its own translation" if hint else f"{count} of {words.plural(most, one, many)}"
        return TextInput(name, text, said, hint=hint)

    def _known(self) -> dict[str, Vocabulary]:
        try:
            return text_inputs(self._desk.workspace.flow)
        except TextProblem:
            return {}

    def _first(self) -> str:
        return first_text(self._desk.workspace.flow)


def _units(known: Vocabulary) -> tuple[str, str]:
    return {"characters": ("character", "characters"), "words": ("word", "words")}.get(
        known.kind, ("byte", "bytes")
    )
