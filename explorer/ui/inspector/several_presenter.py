"""Tells the inspector what several selected nodes have in common, and makes one edit of what is typed."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from explorer import words
from explorer.graph.edits import EditProblem
from explorer.graph.level import Level
from explorer.ui.canvas.actions import ACTIONS
from explorer.ui.canvas.canvas import CanvasView
from explorer.ui.desk import Desk
from explorer.ui.forms.change import Change
from explorer.ui.forms.shared_fields import SharedField
from explorer.ui.inspector import several
from explorer.ui.inspector.panel import InspectorPanel

SHOW_MS, TRY_MS = 16, 120
"""One look a frame is enough; what an edit would break is worked out when typing pauses."""
MANY, REST_MS = 300, 250
"""More nodes than these are looked at when nothing has changed for so long."""
MOST_TRIED = 3_000
"""Layers of a design in which the consequences of what is typed are still worked out."""


class SeveralPresenter(QObject):
    """Follows the selection of several nodes and the document."""

    def __init__(self, panel: InspectorPanel, desk: Desk, canvas: CanvasView) -> None:
        super().__init__(panel)
        self._panel, self._desk, self._canvas = panel, desk, canvas
        self._page = panel.several
        self._typing: tuple[str, object] | None = None
        self._seen: tuple[int, tuple[str, ...]] | None = None
        self._later = QTimer(self, singleShot=True, interval=SHOW_MS)
        self._later.timeout.connect(self.show)
        self._try = QTimer(self, singleShot=True, interval=TRY_MS)
        self._try.timeout.connect(self._tell_consequence)
        desk.gathered.connect(self._soon)
        desk.changed.connect(self._soon)
        self._page.committed.connect(self.commit)
        self._page.typed.connect(self._on_typed)
        self._page.asked.connect(self._run)
        panel.pinned.connect(self._soon)
        self._soon()

    def _soon(self) -> None:
        """Show them at the next frame; very many, as under a rubber band, when their number rests."""
        self._later.start(SHOW_MS if len(self._desk.several) <= MANY else REST_MS)

    def show(self) -> None:
        """Show the nodes that are selected together, if there are several."""
        found = self._found()
        if found is None or self._panel.pin.isChecked() or not self._desk.workspace.is_worked_out:
            return
        level, ids = found
        seen = (self._desk.workspace.revision, self._desk.several)
        if seen != self._seen or not self._panel.shows_several:  # moving them changes nothing here
            self._seen = seen
            self._panel.show_several(several.details_of(self._desk.workspace, level, ids))

    def _found(self) -> tuple[Level, tuple[str, ...]] | None:
        """The level that the canvas shows, unfolded or not, and the nodes of it that are meant."""
        level, prefix = self._canvas.context.level, self._canvas.context.level.prefix
        ids = tuple(
            name
            for address in self._desk.several
            if address.startswith(prefix) and (name := address[len(prefix) :]) in level.graph
        )
        return (level, ids) if len(ids) > 1 else None

    def commit(self, name: str, wanted: object) -> None:
        """Give all of them another value, in one step; a refusal is said below the field."""
        found, self._typing = self._found(), None
        self._try.stop()
        if found is None or found[0].scope is None:
            return
        level, ids = found
        try:
            edit = several.edit_of(self._desk.workspace, level, ids, name, wanted)
            self._desk.workspace.apply(
                edit, f"{self._verb(name, wanted)} of {words.plural(len(ids), 'block')}"
            )
        except EditProblem as refusal:
            if (row := self._page.row(name)) is not None:
                row.refuse(str(refusal))
            return
        self._later.stop()
        self.show()

    def _verb(self, name: str, wanted: object) -> str:
        if name == several.SHARED:
            return "Share the weights" if wanted else "Part the weights"
        if name in several.FLAGS:
            flag = several.FLAGS[name]
            return f"Set {flag}" if wanted else f"Set not {flag}"
        row = self._page.form.rows[name]
        change = f" {wanted}" if isinstance(wanted, Change) else ""
        return f"Set {row.shared.view.label.lower()}{change}"

    def _on_typed(self, name: str, wanted: object) -> None:
        """Show what would come of what is being typed."""
        found, row = self._found(), self._page.form.rows.get(name)
        self._typing = None
        if found is None or row is None or wanted is None or not isinstance(row.editor, SharedField):
            return
        level, ids = found
        try:
            row.editor.show_outcome(several.outcome(self._desk.workspace, level, ids, name, wanted))
            several.edit_of(self._desk.workspace, level, ids, name, wanted)
        except EditProblem as refusal:
            row.say(str(refusal))
            return
        if self._desk.workspace.flow.leaves <= MOST_TRIED:
            self._typing = (name, wanted)
            self._try.start()

    def _tell_consequence(self) -> None:
        found, typing = self._found(), self._typing
        if found is None or typing is None:
            return
        level, ids = found
        try:
            edit = several.edit_of(self._desk.workspace, level, ids, *typing)
        except EditProblem:
            return
        if (row := self._page.row(typing[0])) is not None:
            row.say(several.consequence(self._desk.workspace, edit))

    def _run(self, command: str) -> None:
        """Carry out a command of the canvas; why it cannot be done is said."""
        action = next(row for row in ACTIONS if row.id == command)
        reason = action.why_not(self._canvas)
        if reason is None:
            action.run(self._canvas)
        else:
            self._desk.said.emit(f"{action.title}: {reason}.")
