"""Inputs to look at: asks for samples of the design's data set and says which one is in use."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

import msgspec
import numpy as np
from PySide6.QtCore import QObject

from explorer.protocol import events, requests
from explorer.protocol.records import Sample
from explorer.ui.desk import Desk
from explorer.ui.probing.samples import Offer, SamplesPane

Array = np.ndarray[Any, np.dtype[Any]]

AT_ONCE = 8


class SamplesPresenter(QObject):
    """Fills one chooser; the input in use is the desk's, so that all choosers agree."""

    def __init__(self, pane: SamplesPane, desk: Desk) -> None:
        super().__init__(pane)
        self._pane, self._desk = pane, desk
        self._active, self._takes_next = False, False
        self._total = self._following = 0
        self._held = ""
        self._watch = desk.session.watch(None, self._fill, "once", of_design=False)
        pane.chosen.connect(self._choose)
        pane.more.connect(self._go_on)
        desk.pictured.connect(self.show_input)
        desk.engine_changed.connect(self._on_engine)
        desk.loaded.connect(self._on_engine)

    def activate(self) -> None:
        """The chooser is in sight: fill it."""
        self._active = True
        self._allow_drawing()
        self._ask_first()
        if self._desk.picture is not None:
            self.show_input(self._desk.picture)

    def deactivate(self) -> None:
        """The chooser is hidden."""
        self._active = False

    def show_input(self, values: Array) -> None:
        """Show the input that a view was made for."""
        sample = self._desk.session.sample
        self._pane.set_input(values, self._words(sample))
        self._pane.set_selected(sample)

    @property
    def dataset(self) -> str:
        """The data set of the design."""
        return str(self._desk.workspace.document.settings.get("dataset", ""))

    def _words(self, sample: Sample) -> str:
        if sample.values is not None:
            return "Drawn here"
        if sample.path:
            return PurePath(sample.path).name
        for offer in self._pane.offers():
            if (offer.sample.dataset, offer.sample.index) == (sample.dataset, sample.index):
                return offer.words
        return f"{sample.dataset} {sample.index}" if sample.dataset else "An example: no data set is chosen"

    def _on_engine(self) -> None:
        if self._active:
            self._allow_drawing()
            self._ask_first()

    def _allow_drawing(self) -> None:
        tensor = next(iter(self._desk.workspace.flow.inputs.values()), None)
        drawable = tensor is not None and len(tensor.shape) == 3 and tensor.shape[0] in (1, 3)
        self._pane.set_drawable(drawable, "The input of this design is no picture.")

    def _ask_first(self) -> None:
        if self.dataset and self._held != self.dataset:
            # the page with the sample that the design begins with
            first = self._desk.session.sample.index // AT_ONCE * AT_ONCE
            self._ask(range(first, first + AT_ONCE))

    def _ask(self, indices: Sequence[int]) -> None:
        self._watch.ask(requests.Samples(dataset=self.dataset, indices=tuple(indices)))

    def _go_on(self) -> None:
        if self._total:
            self._takes_next = True
            first = self._following % self._total
            self._ask(range(first, min(first + AT_ONCE, self._total)))

    def _choose(self, sample: Sample) -> None:
        tensor = next(iter(self._desk.workspace.flow.inputs.values()), None)
        if sample.values is not None and tensor is not None:
            sample = msgspec.structs.replace(sample, values=drawn_as(sample.values[0], tensor.shape))
        self._desk.session.choose(sample)
        if sample.values is not None:
            self.show_input(sample.values)

    def _fill(self, event: events.Event) -> None:
        if not isinstance(event, events.SampleSet) or event.dataset != self.dataset:
            return
        self._held, self._total = event.dataset, event.total
        self._following = (event.indices[-1] + 1) if event.indices else 0
        rows = zip(event.indices, event.inputs, event.targets, strict=True)
        offers = [
            Offer(Sample(dataset=event.dataset, index=index), values, line(event, index, target))
            for index, values, target in rows
        ]
        self._pane.set_offers(offers)
        takes, self._takes_next = self._takes_next and self._active, False
        if takes and offers:
            self._desk.session.choose(offers[0].sample)
        self._pane.set_selected(self._desk.session.sample)


def line(event: events.SampleSet, index: int, target: Any) -> str:
    """Return the line about a sample: `mnist5k 12, labelled 7`."""
    if event.classes and np.ndim(target) == 0:
        return f"{event.dataset} {index}, labelled {event.classes[int(target)]}"
    value = np.asarray(target).reshape(-1)
    return (
        f"{event.dataset} {index}, target {float(value[0]):.3g}"
        if value.size == 1
        else f"{event.dataset} {index}"
    )


def drawn_as(picture: Array, shape: Sequence[int]) -> Array:
    """Return a drawing in the shape of a design's input: with a black margin up to 8, else resized."""
    if len(shape) != 3:
        return picture.astype(np.float32)
    height, width = shape[1:]
    missing = height - picture.shape[0], width - picture.shape[1]
    if all(0 <= rest <= 8 for rest in missing):
        margins = [(rest // 2, rest - rest // 2) for rest in missing]
        plane = np.pad(picture, margins)
    else:
        rows = np.arange(height) * picture.shape[0] // height
        columns = np.arange(width) * picture.shape[1] // width
        plane = picture[np.ix_(rows, columns)]
    return np.repeat(plane[None], shape[0], axis=0).astype(np.float32)
