"""Shows a problem at its wire: the lens above, sentence and repairs below; the cards stay uncovered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRect, QRectF

from explorer.graph.edits import AddNode, Batch
from explorer.graph.flow import Problem
from explorer.graph.model import Edge
from explorer.graph.repairs import Repair, search
from explorer.style.theme import theme
from explorer.ui.canvas import adding, commands
from explorer.ui.canvas.lens import Lens
from explorer.ui.canvas.repair_card import RepairCard

if TYPE_CHECKING:
    from explorer.ui.canvas.canvas import CanvasView

GAP = 14


class ProblemDisplay(QObject):
    """Holds at most one problem; its repairs are worked out when it is shown, not at every edit."""

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.lens = Lens(canvas.viewport())
        self.card = RepairCard(canvas.viewport())
        self.card.chosen.connect(self.repair)
        self.problem: Problem | None = None
        self.found: list[Repair] = []
        self._revision = -1
        self._lens_fits = False

    @property
    def is_shown(self) -> bool:
        """Whether a problem is on screen."""
        return self.problem is not None

    def show(self, node_id: str) -> bool:
        """Show what is wrong with a node; returns whether anything is."""
        context = self._canvas.context
        problem = context.problem_at(node_id)
        if problem is None or problem.code == "unconnected":
            self.hide()
            return False
        revision = context.workspace.revision
        if problem == self.problem and revision == self._revision:
            return True
        self.problem, self._revision = problem, revision
        self.found = self._repairs(problem)
        node = context.graph[node_id]
        self.lens.show_problem(problem, node.title or node_id)
        self.card.show_problem(problem, self.found, self._kind(node.block))
        self.place()
        self.make_room()
        self._canvas.problemShown.emit(context.address(node_id))
        return True

    def _kind(self, block: str) -> str:
        known = getattr(self._canvas.context.workspace.catalogue, "blocks", ())
        return next((str(b.title) for b in known if b.id == block), block)

    def _repairs(self, problem: Problem) -> list[Repair]:
        """Work repairs out where edits are possible: at the top and in groups."""
        context = self._canvas.context
        workspace, address = context.workspace, context.address(problem.address)
        for whole in workspace.flow.faults:
            if whole.address == address and whole.code == problem.code:
                found = search(workspace.trial, workspace.catalogue, workspace.flow, whole)
                return [repair for repair in found if repair is not None]
        return []

    def hide(self) -> None:
        """Take everything away."""
        self.problem, self.found = None, []
        self._canvas.overlays.step_aside(QRect())
        self.lens.hide()
        self.card.hide()

    def check(self) -> None:
        """Follow an edit: the problem may have gone or changed."""
        if self.problem is not None:
            self.show(self.problem.address)

    def wire(self) -> Edge | None:
        """Return the wire that is at fault."""
        if self.problem is None:
            return None
        arriving = self._canvas.context.graph.into(self.problem.address)
        return next((e for e in arriving if e.into == self.problem.port), arriving[0] if arriving else None)

    def repair(self, number: int = 0) -> bool:
        """Carry a repair out, in one step."""
        if number >= len(self.found):
            return False
        return self.carry_out(self.found[number])

    def carry_out(self, repair: Repair) -> bool:
        """Apply a repair of the problem shown and make room for what it inserts."""
        wire, context = self.wire(), self._canvas.context
        self.hide()
        with commands.quietly(context), context.gesture(repair.title):
            context.workspace.apply(repair.edit, repair.title)
            new = _added(repair)
            if wire is not None and new and all(name in context.views.nodes for name in new):
                adding.make_room(context, wire, new)
            if new:
                context.select(new)
            return True
        return False

    # places

    def _anchor(self) -> tuple[QPointF, QRectF] | None:
        """The mark in the middle of the wire, and what must not be covered, in window pixels."""
        if self.problem is None:
            return None
        placed, camera = self._canvas.scene_.placed, self._canvas.camera
        boxes = [placed.boxes.get(self.problem.address, QRectF())]
        wire = self.wire()
        if wire is None or wire not in placed.routes:
            at = boxes[0].center()
        else:
            route = placed.routes[wire]
            at = route.label if route.on_line else route.path.pointAtPercent(0.5)
            boxes.append(placed.boxes[wire.src])
        keep = QRectF()
        for box in boxes:
            keep = keep.united(box)
        near = keep.adjusted(-260, 0, 260, 0)
        for key in placed.near(near).nodes:
            box = placed.boxes[key]
            if near.intersects(box):
                keep.setTop(min(keep.top(), box.top()))
                keep.setBottom(max(keep.bottom(), box.bottom()))
        return camera.to_view(at), QRectF(camera.to_view(keep.topLeft()), camera.to_view(keep.bottomRight()))

    def place(self) -> None:
        """Stand above and below the cards at both ends of the wire."""
        found = self._anchor()
        if found is None:
            return
        at, keep = found
        gap, window = theme().px(GAP), self._canvas.viewport().size()
        wide = self.card.width()
        left = min(max(gap, at.x() - wide / 2), max(gap, window.width() - wide - gap))
        self.card.move(round(left), round(keep.bottom() + gap))
        self.card.show()
        below = keep.top() - self.lens.body_height() - gap
        self.lens.point_at(at, round(below), window.width())
        # sentence and repairs matter more than the drawing: without room for all, the lens gives way
        needed = self.lens.body_height() + keep.height() + self.card.height() + 3 * gap
        self._lens_fits = self.lens.has_shapes and needed <= window.height()
        self.lens.setVisible(self._lens_fits)
        self._canvas.overlays.step_aside(self.card.geometry())

    def make_room(self) -> None:
        """Move the camera so that card and lens are seen, the card first."""
        if self.problem is None:
            return
        window = self._canvas.viewport().rect()
        card = self.card.geometry()
        top = self.lens.geometry().top() if self._lens_fits else card.top()
        down = max(0, card.bottom() + theme().px(GAP) - window.bottom())
        up = max(0, theme().px(6) - (top - down)) if down else max(0, theme().px(6) - top)
        step = down - min(up, down) if down else -min(up, max(0, window.bottom() - card.bottom()))
        found = self._anchor()
        sideways = 0.0
        if found is not None:
            keep = found[1]
            sideways = max(0.0, keep.right() + 24 - window.width()) or min(0.0, keep.left() - 24)
        if step or sideways:
            self._canvas.camera.scroll(sideways, step)


def _added(repair: Repair) -> list[str]:
    edits = repair.edit.edits if isinstance(repair.edit, Batch) else (repair.edit,)
    return [edit.node.id for edit in edits if isinstance(edit, AddNode)]
