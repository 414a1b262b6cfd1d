"""For designs with two inputs: how they divide the plane, followed while they learn."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject

from explorer.protocol import events, requests
from explorer.ui.desk import Desk
from explorer.ui.training.curves import CurvesView

POINTS = 300
MARGIN = 0.15


class PlanePresenter(QObject):
    """Asks for regions and points, but only while somebody looks."""

    def __init__(self, curves: CurvesView, desk: Desk) -> None:
        super().__init__(curves)
        self._curves, self._desk = curves, desk
        self._looks = False
        self._dataset = ""
        self._low, self._high = (-1.2, -1.2), (1.2, 1.2)
        self._map = desk.session.watch(None, self._take_map, "steps")
        self._points = desk.session.watch(None, self._take_points, "once", of_design=False)
        desk.sampled.connect(self.look)
        desk.loaded.connect(self.look)
        desk.changed.connect(self._decide)

    @property
    def is_wanted(self) -> bool:
        """Whether the design takes two numbers."""
        inputs = list(self._desk.workspace.flow.inputs.values())
        return len(inputs) == 1 and inputs[0] is not None and inputs[0].shape == (2,)

    def activate(self) -> None:
        """Begin to follow."""
        self._looks = True
        self.look()

    def deactivate(self) -> None:
        """Stop asking."""
        self._looks = False
        self._map.cancel()

    def look(self) -> None:
        """Show the present state of the design and its data."""
        self._decide()
        if not self._looks or not self.is_wanted:
            return
        dataset = self._desk.session.sample.dataset
        if dataset and dataset != self._dataset:
            self._points.ask(requests.Samples(dataset=dataset, indices=tuple(range(POINTS))))
        self._look_at_plane()

    def _look_at_plane(self) -> None:
        request = requests.Boundary(low=self._low, high=self._high)
        if request != self._map.request:
            self._map.ask(request)

    def _decide(self) -> None:
        self._curves.show_boundary(self.is_wanted)

    def _take_map(self, event: events.Event) -> None:
        if isinstance(event, events.BoundaryMap):
            self._curves.boundary.set_map(event.scores, event.low, event.high)

    def _take_points(self, event: events.Event) -> None:
        if not isinstance(event, events.SampleSet) or event.inputs.ndim != 2 or not len(event.inputs):
            return
        self._dataset = event.dataset
        points = event.inputs[:, :2]
        low, high = points.min(axis=0), points.max(axis=0)
        # a square, so that a circle looks like one
        half = float(np.max(high - low)) / 2 * (1 + 2 * MARGIN) or 1.0
        middle = (low + high) / 2
        self._low = (float(middle[0]) - half, float(middle[1]) - half)
        self._high = (float(middle[0]) + half, float(middle[1]) + half)
        self._curves.boundary.set_points(points, event.targets, event.classes)
        self._look_at_plane()
