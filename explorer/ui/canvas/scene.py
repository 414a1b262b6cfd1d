"""The scene: items for what is in sight, one picture for what is far, updated by differences."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from math import ceil, floor

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsScene

from explorer.figures.canvas.level_view import EVERYTHING, Difference, LevelView
from explorer.figures.canvas.overview import Overview, close_up
from explorer.figures.canvas.painting import ground, node, wires
from explorer.figures.canvas.painting.far import FarPicture
from explorer.figures.canvas.painting.kept import KeptDrawing
from explorer.figures.canvas.painting.look import Detail, Look, PortKey
from explorer.figures.canvas.placement import Placed
from explorer.figures.canvas.tiles import TileStore
from explorer.graph.model import Edge, NodeId, Position
from explorer.ui.canvas.hits import Target
from explorer.ui.canvas.scene_items import SceneItems
from explorer.ui.canvas.selection import DotRef

ROOM, STEP = 60.0, 1000.0
MARGIN, PATCH = 40.0, 128.0
CLOSE = 600
"""So many nodes in sight have their true outlines at far zoom; more are drawn roughly."""


class CanvasScene(QGraphicsScene):
    """Draws one level. It knows views and view state, never the document.

    Only what lies in the area that is looked at has items; before any was named, everything has.
    """

    def __init__(self, tiles: TileStore) -> None:
        super().__init__()
        self.placed = Placed()
        self.detail: Detail = "near"
        self.zoom = 1.0
        self.prefix = ""
        self.made = SceneItems(self)
        self._tiles = tiles
        self._answer: tuple[tuple[str, float], ...] = ()
        self._selected: frozenset[str] = frozenset()
        self._selected_wires: frozenset[Edge] = frozenset()
        self._selected_dots: frozenset[DotRef] = frozenset()
        self._focused = ""
        self._hover = Target()
        self._wiring: Mapping[NodeId, Mapping[PortKey, bool]] | None = None
        self._lit_wire: Edge | None = None
        self._sight: QRectF | None = None
        self._patch: QRectF | None = None
        self._is_settled = False
        self._overview = Overview(self.placed)
        self._close: FarPicture | None = None
        self._is_close: bool | None = None
        self._kept = KeptDrawing()

    # what is shown

    @property
    def shown(self) -> LevelView:
        """What is drawn now."""
        return self.placed.views

    def show(self, views: LevelView, prefix: str = "", difference: Difference = EVERYTHING) -> None:
        """Draw other views: only items of what may look otherwise are touched."""
        before, self.prefix = self.shown.total, prefix
        self._overview.follow(self.placed.show(views, difference))
        if difference.everything:
            self.made.clear()
        self._settle()
        if before != views.total and self._is_settled:  # from far away items are left as they were
            self.made.share_out(before, views.total)
        self.setSceneRect(_rounded(self.placed.extent().adjusted(-ROOM, -ROOM, ROOM, ROOM), STEP))

    def preview(
        self, shifts: Mapping[str, Position], dots: Mapping[Edge, tuple[Position, ...]] | None = None
    ) -> None:
        """Draw some nodes moved by (dx, dy), and some wires through other dots, while a gesture lasts."""
        self._overview.follow(self.placed.shift(shifts))
        self._overview.follow(self.placed.bend(dots or {}))
        self._settle()

    def look(self, area: QRectF) -> None:
        """Have items for what lies in an area."""
        self._sight, self._close, self._is_close = area, None, None
        patch = _rounded(area.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN), PATCH)
        if self.detail != "far" and not (patch == self._patch and self._is_settled):
            self._patch = patch
            self._settle()

    def in_sight(self) -> Collection[NodeId]:
        """Return the nodes that may be seen."""
        return self.placed.nodes_near(self._sight if self.detail == "far" else self._patch)

    def _settle(self) -> None:
        """Let what is in sight have its items; from far away there are none to be seen."""
        self._close = self._is_close = None
        self._is_settled = self.detail != "far" or self._sight is None
        if self._is_settled:
            self.made.settle(self.placed.near(self._patch))

    # view state

    def select(
        self,
        ids: frozenset[str],
        edges: frozenset[Edge],
        focused: str = "",
        dots: frozenset[DotRef] = frozenset(),
    ) -> None:
        """Mark what is selected, and the node that has the keyboard."""
        changed = (ids ^ self._selected) | {focused, self._focused}
        wires_ = (edges ^ self._selected_wires) | {dot.edge for dot in dots ^ self._selected_dots}
        self._selected, self._selected_wires, self._focused = ids, edges, focused
        self._selected_dots = dots
        self.made.touch(changed, wires_)

    def hover(self, target: Target) -> None:
        """Mark what the pointer is over."""
        if target == self._hover:
            return
        old, self._hover = self._hover, target
        self.made.touch({old.id, target.id}, {e for e in (old.edge, target.edge) if e})

    def wiring(self, fits: Mapping[NodeId, Mapping[PortKey, bool]] | None) -> None:
        """Show which ports may take the wire that is dragged; None when none is."""
        self._wiring = fits
        self.made.touch(self.made.nodes, ())

    def light(self, edge: Edge | None) -> None:
        """Mark the wire into which something would be dropped."""
        if edge != self._lit_wire:
            old, self._lit_wire = self._lit_wire, edge
            self.made.touch((), {e for e in (old, edge) if e})

    def set_detail(self, detail: Detail, zoom: float) -> None:
        """Take the level of detail of a zoom."""
        self.zoom = zoom
        if detail != self.detail:
            self.detail = detail
            self.update()

    def set_answer(self, answer: tuple[tuple[str, float], ...]) -> None:
        """Show the best classes on the outputs."""
        self._answer = answer
        nodes = self.shown.nodes  # seen from far away, items of nodes that are gone are still there
        self.made.touch((key for key in self.made.nodes if key in nodes and nodes[key].form == "output"), ())

    def refresh_pictures(self, addresses: Iterable[str] | None = None) -> None:
        """Draw the nodes at these addresses again (None: all), because their pictures changed."""
        if addresses is None:
            self.update()
            return
        start = len(self.prefix)
        self.made.touch((a[start:] for a in addresses if a.startswith(self.prefix)), ())

    # painting, called by the items

    def draw_node(self, painter: QPainter, key: str) -> None:
        """Draw a node."""
        spot, view = self.placed.spot(key), self.shown.nodes[key]
        pictures = (
            self._tiles.input_of(key) if view.form == "input" else self._tiles.pixmaps(self.prefix + key)
        )
        look = Look(
            self.detail,
            self.zoom,
            self._hover.id == key,
            key in self._selected,
            key == self._focused,
            None if self._wiring is None else self._wiring.get(key, {}),
            pictures,
            self._answer,
            self.shown.total,
        )
        node.paint(painter, view, spot.box, look, spot.inputs, spot.outputs)

    def draw_wire(self, painter: QPainter, edge: Edge) -> None:
        """Draw a wire."""
        way, hovered = self.placed.way(edge), self._hover.edge == edge
        chosen = edge in self._selected_wires or edge == self._lit_wire
        dots = {dot.number for dot in self._selected_dots if dot.edge == edge}
        wires.paint(painter, way.view, way.route, self.detail, hovered=hovered, selected=chosen, chosen=dots)

    def draw_frame(self, painter: QPainter, key: str) -> None:
        """Draw a frame."""
        ground.frame(
            painter,
            self.shown.frames[key],
            self.placed.frames[key],
            self.detail,
            hovered=self._hover.id == key,
            selected=key in self._selected,
        )

    def draw_note(self, painter: QPainter, key: str) -> None:
        """Draw a note."""
        ground.note(painter, self.shown.notes[key], self.placed.notes[key], selected=key in self._selected)

    # the far level

    def far_picture(self) -> FarPicture:
        """Return the whole level as rectangles and lines."""
        return self._overview.picture()

    def draw_far(self, painter: QPainter, zoom: float) -> None:
        """Draw the far level: in true outlines where they can be told apart."""
        frames = [(view.title, self.placed.frames[key]) for key, view in self.shown.frames.items()]
        if self._is_close is None:
            self._is_close = len(self.placed.nodes_near(self._sight)) <= CLOSE
        if self._is_close:
            near = self.placed.near(self._sight)
            if self._close is None:
                self._close = close_up(self.placed, near)
            seen = [self.placed.spot(key).box for key in self._selected.intersection(near.nodes)]
            self._close.paint(painter, zoom, frames, seen)
            return
        picture, outlines = self.far_picture(), [box for _, box in frames]
        self._kept.draw(painter, picture, lambda inner: picture.paint_ground(inner, outlines))
        picture.paint_marks(painter, zoom, frames, self._overview.boxes(self._selected))


def _rounded(area: QRectF, step: float) -> QRectF:
    """Round an area up, so that it stays the same for most small moves."""
    left, top = (floor(n / step) * step for n in (area.left(), area.top()))
    right, bottom = (ceil(n / step) * step for n in (area.right(), area.bottom()))
    return QRectF(left, top, right - left, bottom - top)
