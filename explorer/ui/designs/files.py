"""Opening, saving, autosaving and what a crash left behind."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from explorer.architectures.architecture import OptionProblem
from explorer.architectures.gallery import UnknownArchitecture, find, gallery
from explorer.figures.picture import PictureProblem, Style, render_file
from explorer.graph import files
from explorer.graph.autosave import Autosave, Remains
from explorer.graph.document import Document
from explorer.graph.edits import SetSetting
from explorer.style.theme import theme
from explorer.ui.desk import Desk
from explorer.ui.shell import ask

AUTOSAVE_MS = 1_500
PICTURES = "Pictures (*.svg *.pdf *.png)"


class FilePresenter(QObject):
    """Knows which file the design belongs to; nothing else writes files for the user."""

    changed = Signal()

    def __init__(self, window: QWidget, desk: Desk, autosave: Autosave | None = None) -> None:
        super().__init__(window)
        self._window, self._desk = window, desk
        self._autosave = autosave or Autosave()
        self.path = ""
        self.saved_text = ""
        self._timer = QTimer(self, singleShot=True, interval=AUTOSAVE_MS)
        self._timer.timeout.connect(self.autosave_now)
        desk.changed.connect(self._timer.start)

    @property
    def shown_name(self) -> str:
        """The file's name for the top bar."""
        return Path(self.path).name if self.path else "not saved yet"

    # opening

    def new(self) -> None:
        """Start with an empty canvas; digits wait to be looked at as soon as an input stands there."""
        if self.may_leave():
            document = Document()
            document.apply(SetSetting("dataset", "mnist5k"))
            self._show(document, "")

    def open(self) -> None:
        """Ask for a file and open it."""
        if self.may_leave() and (
            path := ask.open_file(self._window, "Open a design", f"Designs (*{files.SUFFIX})")
        ):
            self.open_path(path)

    def open_path(self, path: str) -> bool:
        """Open a design file; a broken one is explained and nothing changes."""
        try:
            document = files.load(path)
        except files.FileProblem as problem:
            self._desk.said.emit(str(problem))
            return False
        self._show(document, path)
        return True

    def open_gallery(self, name: str, size: tuple[int, ...] | None = None) -> bool:
        """Open an architecture of the gallery as a new design."""
        try:
            document = find(name).build(size, resolver=self._desk.workspace.resolver)
        except (UnknownArchitecture, OptionProblem) as problem:
            self._desk.said.emit(str(problem))
            return False
        self._show(document, "")
        return True

    def open_any(self, word: str) -> bool:
        """Open what was named on the command line: a file, or an id of the gallery."""
        if word in gallery() and not Path(word).exists():
            return self.open_gallery(word)
        return self.open_path(word)

    def _show(self, document: Document, path: str) -> None:
        self.path = path
        self.saved_text = ""
        self._desk.open(document)
        self._timer.stop()
        self._autosave.clear()
        self.changed.emit()

    # saving

    def save(self) -> bool:
        """Save under the present name, or ask for one."""
        return self._write(self.path) if self.path else self.save_as()

    def save_as(self) -> bool:
        """Ask for a name and save."""
        name = "".join(c if c.isalnum() else "_" for c in self._desk.workspace.document.name).lower()
        path = ask.save_file(
            self._window, "Save the design", f"{name}{files.SUFFIX}", f"Designs (*{files.SUFFIX})"
        )
        if not path:
            return False
        return self._write(path if path.endswith(files.SUFFIX) else path + files.SUFFIX)

    def _write(self, path: str) -> bool:
        try:
            files.save(self._desk.workspace.document, path)
        except files.FileProblem as problem:
            self._desk.said.emit(str(problem))
            return False
        self.path = path
        self._desk.workspace.history.mark_clean()
        self._autosave.clear()
        self._timer.stop()
        self.saved_text = f"Saved {time.strftime('%H:%M')}"
        self.changed.emit()
        return True

    def export_picture(self, style: Style) -> None:
        """Ask for a file and write the design into it: the canvas as it is, or a figure for a slide."""
        document = self._desk.workspace.document
        name = "".join(c if c.isalnum() else "_" for c in document.name).lower()
        path = ask.save_file(self._window, "Export a picture", f"{name}_{style}.svg", PICTURES)
        if not path:
            return
        try:
            render_file(document, path, mode=theme().mode, style=style)
        except PictureProblem as problem:
            self._desk.said.emit(str(problem))
            return
        self._desk.said.emit(f"Written: {Path(path).name}")

    # autosave

    def autosave_now(self) -> None:
        """Write the sidecar when there is something to lose."""
        if self._desk.workspace.history.is_clean:
            return
        try:
            self._autosave.write(self._desk.workspace.document, self.path)
            self.saved_text = f"Autosaved {time.strftime('%H:%M')}"
        except files.FileProblem as problem:
            self.saved_text = "Autosave does not work"
            self._desk.said.emit(str(problem))
        self.changed.emit()

    def remains(self) -> Remains | None:
        """The newest design that a crash left, if any."""
        found = self._autosave.remains()
        return found[0] if found else None

    def restore(self, remains: Remains) -> None:
        """Take up a design where a crash ended it; it counts as unsaved."""
        try:
            document = remains.load()
        except files.FileProblem as problem:
            self._desk.said.emit(str(problem))
            return
        self._show(document, remains.path)
        self._desk.workspace.history.mark_unsaved()
        remains.discard()
        self.autosave_now()
        self.changed.emit()

    def may_leave(self) -> bool:
        """Ask what to do with unsaved changes; True when the design may be replaced or closed."""
        if self._desk.workspace.history.is_clean:
            return True
        answer = ask.save_changes(self._window, self._desk.workspace.document.name)
        if answer == "save":
            return self.save()
        return answer == "discard"

    def close(self) -> None:
        """The program ends in good order: forget the sidecar."""
        self._timer.stop()
        self._autosave.clear()
