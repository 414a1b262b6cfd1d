"""Two of the open designs beside each other: their difference, and cameras that go together."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QObject, QPointF, QRectF, QTimer
from PySide6.QtWidgets import QStackedWidget

from explorer import words
from explorer.graph.difference import Difference, Kind, Row, joined, of_flows
from explorer.ui.beside.marks import Ghost, Marks, MarksPainter
from explorer.ui.beside.panel import DifferencePanel
from explorer.ui.canvas import navigation
from explorer.ui.shell.bench import Bench
from explorer.ui.shell.open_designs import OpenDesigns
from explorer.ui.shell.panes import Panes
from explorer.ui.shell.window import Window

SETTLE_MS = 60


class BesidePresenter(QObject):
    """Shows the split, or ends it; A is the one above or at the left."""

    def __init__(self, panes: Panes, places: QStackedWidget, designs: OpenDesigns, window: Window) -> None:
        super().__init__(panes)
        self._panes, self._places, self._designs, self._window = panes, places, designs, window
        self._pair: tuple[Bench, Bench] | None = None
        self._panel: DifferencePanel | None = None
        self._found: Difference | None = None
        self._groups: list[tuple[Row, ...]] = []
        self._place = -1
        self._hidden: frozenset[str] = frozenset()
        self._is_coupled, self._is_moving = True, False
        self._marks = [Marks(), Marks()]
        self._painters: list[MarksPainter] = []
        self._ends: list[tuple[object, object]] = []
        self._later = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._later.timeout.connect(self.refresh)
        panes.focused.connect(self._focus)
        panes.coupled.connect(self._couple)
        designs.closed.connect(self._closed)
        designs.switched.connect(self._switched)

    # beginning and ending

    def why_not(self) -> str | None:
        """Why nothing can be shown beside the design in front."""
        return None if len(self._designs.benches) > 1 or self._pair else "open a second design first"

    def toggle(self) -> None:
        """Show the design that was in front before beside this one, or end the split."""
        if self._pair is not None:
            self.end()
            return
        other = self._designs.before
        if other is not None:
            self.begin(self._designs.bench, other)

    def begin(self, first: Bench, second: Bench) -> None:
        """Show two designs beside each other."""
        self.end()
        order = self._designs.benches
        first, second = sorted((first, second), key=order.index)
        self._designs.show(first)
        self._window.room.set_beside(True)
        self._panes.split(second.canvas)
        second.desk.wake()
        self._pair = (first, second)
        self._connect()
        if self._panel is None:
            self._panel = self._make_panel()
        self._places.setCurrentWidget(self._panel)
        for number, bench in enumerate(self._pair):
            painter = MarksPainter(bench.canvas, lambda at=number: self._marks[at])  # type: ignore[misc]
            self._painters.append(painter)
            bench.canvas.foregrounds.append(painter.paint)
            bench.canvas.overlays.set_quiet(True)
        self.refresh()
        QTimer.singleShot(0, self, self._fit)

    def _fit(self) -> None:
        """Show all of both, now that the panes have their sizes."""
        if self._pair is not None:
            self._panes.arrange()
            coupled, self._is_coupled = self._is_coupled, False
            for bench in self._pair:
                navigation.fit_all(bench.canvas)
            self._is_coupled = coupled

    def end(self) -> None:
        """Show the design in front alone."""
        if self._pair is None:
            return
        for signal, slot in self._ends:
            signal.disconnect(slot)  # type: ignore[attr-defined]
        self._ends = []
        for bench, painter in zip(self._pair, self._painters, strict=True):
            if painter.paint in bench.canvas.foregrounds:
                bench.canvas.foregrounds.remove(painter.paint)
            bench.canvas.overlays.set_quiet(False)
            bench.canvas.viewport().update()
        self._pair, self._painters, self._found = None, [], None
        self._panes.unsplit()
        self._window.room.set_beside(False)
        self._places.setCurrentIndex(0)

    def _connect(self) -> None:
        assert self._pair is not None
        for bench in self._pair:
            self._listen(bench.desk.changed, self._later.start)
            self._listen(bench.desk.weights_changed, self._later.start)
        for number, bench in enumerate(self._pair):
            self._listen(bench.canvas.camera.moved, lambda at=number: self._follow(at))

    def _listen(self, signal: object, slot: object) -> None:
        signal.connect(slot)  # type: ignore[attr-defined]
        self._ends.append((signal, slot))

    def _make_panel(self) -> DifferencePanel:
        panel = DifferencePanel()
        panel.chosen.connect(self.go_to)
        panel.stepped.connect(self.step)
        panel.shownKinds.connect(self._show_kinds)
        panel.trainAsked.connect(self._train)
        self._places.addWidget(panel)
        return panel

    def _closed(self, bench: Bench) -> None:
        if self._pair is not None and bench in self._pair:
            self.end()

    def _switched(self, bench: Bench) -> None:
        if self._pair is not None and bench not in self._pair:
            self.end()
            self._panes.show_canvas(bench.canvas)
        elif self._panel is not None and self._pair is not None:
            self._places.setCurrentWidget(self._panel)

    def _focus(self, canvas: object) -> None:
        if self._pair is not None:
            bench = next((bench for bench in self._pair if bench.canvas is canvas), None)
            if bench is not None:
                self._designs.show(bench)

    def other_pane(self) -> None:
        """Go to the other pane."""
        if self._pair is not None:
            first, second = self._pair
            self._designs.show(second if self._designs.bench is first else first)
            self._designs.bench.canvas.setFocus()

    # showing

    def refresh(self) -> None:
        """Compare anew and mark what differs."""
        if self._pair is None or self._panel is None:
            return
        first, second = (bench.desk.workspace for bench in self._pair)
        found = self._found = of_flows((first.document, first.flow), (second.document, second.flow))
        self._groups = joined(found.rows)
        self._panel.show_difference(found, self._groups, self._command())
        self._place = min(self._place, len(self._groups) - 1)
        for pane, letter, bench in zip(self._panes.panes, "AB", self._pair, strict=True):
            pane.describe(letter, bench.name, words.file_name(bench.desk.session.file), _totals(bench))
        self._mark()

    def _command(self) -> str:
        assert self._pair is not None
        names = (words.file_name(b.desk.session.file) or b.word or b.name for b in self._pair)
        return "explorer diff " + " ".join(f'"{name}"' if " " in name else name for name in names)

    def _mark(self) -> None:
        found = self._found
        if self._pair is None or found is None:
            return
        chosen = self._groups[self._place][0] if 0 <= self._place < len(self._groups) else None
        for side in (0, 1):
            kinds: dict[str, Kind] = {}
            for row in found.rows:
                address = row.second if side else row.first
                if address:
                    head = address.partition(".")[0]
                    kinds.setdefault(head, row.kind if "." not in address else "fields")
            mark = "" if chosen is None else (chosen.second if side else chosen.first).partition(".")[0]
            ghosts = self._ghosts(found, side) if found.is_comparable else ()
            faint = found.is_comparable and not found.is_none
            self._marks[side] = Marks(kinds, ghosts, self._hidden, mark, faint)
            self._pair[side].canvas.viewport().update()

    def _ghosts(self, found: Difference, side: int) -> tuple[Ghost, ...]:
        """Where what the other design has would stand: as far from its neighbour as there."""
        assert self._pair is not None
        mine, other = self._pair[side].canvas.scene_.placed, self._pair[1 - side].canvas.scene_.placed
        kind, letter = ("removed", "A") if side else ("added", "B")
        matches = {b: a for a, b in found.matches.items()} if not side else dict(found.matches)
        ghosts = []
        for row in found.rows:
            address = row.first if side else row.second
            if row.kind != kind or kind in self._hidden or "." in address or address not in other.boxes:
                continue
            box = other.boxes[address]
            near = _nearest(box, {k: b for k, b in other.boxes.items() if matches.get(k) in mine.boxes})
            if near is not None:
                shift = mine.boxes[matches[near]].center() - other.boxes[near].center()
                ghosts.append(Ghost(address, f"only in {letter}", box.translated(shift)))
        return tuple(ghosts)

    def _show_kinds(self, kinds: set[str]) -> None:
        self._hidden = frozenset({"added", "removed", "fields", "shapes"} - kinds)
        self._mark()

    # going through

    def step(self, by: int) -> None:
        """Go to the next difference, or the one before."""
        if self._groups:
            self.go_to((self._place + by) % len(self._groups))

    def go_to(self, number: int) -> None:
        """Bring one of the differences into sight in both designs."""
        if self._pair is None or self._panel is None:
            return
        self._place = number
        self._panel.set_place(number, len(self._groups))
        row = self._groups[number][0]
        for address, bench in zip((row.first, row.second), self._pair, strict=True):
            head = address.partition(".")[0]
            box = bench.canvas.scene_.placed.boxes.get(head)
            if box is not None and not bench.canvas.camera.visible().contains(box):
                bench.canvas.camera.look_at(bench.canvas.zoom, box.center())
            if box is not None:
                bench.canvas.context.select([head])
        self._mark()

    def _train(self) -> None:
        """Train B with the settings and the seed of A's last run."""
        if self._pair is None:
            return
        first, second = self._pair
        logs = first.desk.session.runs.logs
        used = logs[-1].settings if logs else first.runner.settings
        second.runner.settings = msgspec.structs.replace(used, fresh=True, resume=False)
        second.runner.start()

    # cameras

    def _couple(self, on: bool) -> None:
        self._is_coupled = on
        if on and self._pair is not None:
            self._follow(self._pair.index(self._designs.bench))

    def _follow(self, side: int) -> None:
        """Let the other camera look at what corresponds to the middle of this one."""
        found = self._found
        if self._pair is None or found is None or not self._is_coupled or self._is_moving:
            return
        if not found.is_comparable:
            return
        here, there = self._pair[side].canvas, self._pair[1 - side].canvas
        matches = dict(found.matches) if side == 0 else {b: a for a, b in found.matches.items()}
        boxes, others = here.scene_.placed.boxes, there.scene_.placed.boxes
        middle = here.camera.centre
        near = _nearest(
            QRectF(middle, middle), {k: box for k, box in boxes.items() if matches.get(k) in others}
        )
        shift = others[matches[near]].center() - boxes[near].center() if near is not None else QPointF()
        self._is_moving = True
        there.camera.look_at(here.zoom, middle + shift, fly=False)
        self._is_moving = False


def _nearest(box: QRectF, boxes: dict[str, QRectF]) -> str | None:
    def distance(key: str) -> float:
        way = boxes[key].center() - box.center()
        return way.x() ** 2 + 4 * way.y() ** 2  # in the same row rather than above

    return min(boxes, key=distance, default=None)


def _totals(bench: Bench) -> str:
    flow, weights = bench.desk.workspace.flow, bench.desk.session.weights
    parts = [f"{words.count(flow.parameters)} parameters", f"{words.short(flow.macs)} MACs"]
    story = " ".join(part for part in (weights.origin.detail, weights.origin.figure_words) if part)
    return " · ".join([*parts, story] if story else parts)
