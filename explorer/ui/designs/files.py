"""Opening, saving and closing: what the File menu does with the designs of the window."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from explorer import resources
from explorer.architectures.architecture import Option, OptionProblem
from explorer.architectures.gallery import UnknownArchitecture, find, gallery
from explorer.graph import files
from explorer.graph.document import Document
from explorer.graph.edits import SetSetting
from explorer.session.folder import Remains, SessionFolder
from explorer.session.origin import from_setting
from explorer.ui.designs import saving
from explorer.ui.designs.exporting import plain_name
from explorer.ui.designs.leaving import lost_words
from explorer.ui.shell import ask
from explorer.ui.shell.bench import Bench
from explorer.ui.shell.open_designs import OpenDesigns

DESIGNS = f"Designs (*{files.SUFFIX})"


class FilePresenter(QObject):
    """Knows files; every design opens in a tab of its own, so that none is ever replaced unasked.

    Signals:
        changed: a design was saved, or has another file now.
        opened: path of a file that was opened or saved, for the list of recent ones.
        said: a line for the user.
    """

    changed = Signal()
    opened = Signal(str)
    said = Signal(str)

    def __init__(self, window: QWidget, designs: OpenDesigns) -> None:
        super().__init__(window)
        self._window, self._designs = window, designs

    @property
    def _bench(self) -> Bench:
        return self._designs.bench

    # opening

    def new(self) -> None:
        """Start with an empty canvas; digits wait to be looked at as soon as an input stands there."""
        document = Document()
        document.apply(SetSetting("dataset", "mnist5k"))
        self._designs.add(document)

    def open(self) -> None:
        """Ask for a file and open it."""
        if path := ask.open_file(self._window, "Open a design", DESIGNS):
            self.open_path(path)

    def open_path(self, path: str) -> bool:
        """Open a design file, or show it if it is open; a broken one is explained and nothing changes."""
        real = str(Path(path).resolve())
        for bench in self._designs.benches:
            if bench.desk.session.file and str(Path(bench.desk.session.file).resolve()) == real:
                self._designs.show(bench)
                return True
        try:
            document = files.load(path)
        except files.FileProblem as problem:
            self.said.emit(str(problem))
            return False
        bench = self._designs.add(document)
        session = bench.desk.session
        session.file, session.stamp = path, saving.stamp_of(path)
        bench.run_keeping.recall(real)
        weights, digest = saving.beside(document, path)
        if weights:
            origin = from_setting(document.settings.get("weights_story"), "file")
            session.weights.read(weights, origin, digest=digest)
            session.weights.saved_digest = digest
        self.opened.emit(path)
        self.changed.emit()
        return True

    def open_starter(self, path: str) -> bool:
        """Open a copy of a design that ships with the program; saving it asks for a name."""
        try:
            self._opened(self._designs.add(files.load(path)), path)
        except files.FileProblem as problem:
            self.said.emit(str(problem))
            return False
        return True

    def open_gallery(
        self,
        name: str,
        size: tuple[int, ...] | None = None,
        classes: int | None = None,
        options: Mapping[str, Option] | None = None,
    ) -> bool:
        """Open an architecture of the gallery as a new design, with other sizes or options if given."""
        chosen: dict[str, Any] = dict(options or {})
        try:
            document = find(name).build(size, classes, **chosen)
        except (UnknownArchitecture, OptionProblem) as problem:
            self.said.emit(str(problem))
            return False
        bench = self._designs.add(document)
        if classes is None and not options:  # else its id alone would not open the same again
            self._opened(bench, name)
        return True

    @staticmethod
    def _opened(bench: Bench, word: str) -> None:
        bench.opened_by = word
        bench.run_keeping.keep_for(word)

    def open_any(self, word: str) -> bool:
        """Open what was named on the command line: a file, or an id of the gallery."""
        if word in gallery() and not Path(word).exists():
            return self.open_gallery(word)
        if Path(word).parent == resources.path("designs"):
            return self.open_starter(word)
        return self.open_path(word)

    def restore(self, remains: Remains) -> None:
        """Take up a design where a crash ended it, with the weights that were live; it counts as unsaved."""
        try:
            document = remains.load()
        except files.FileProblem as problem:
            self.said.emit(str(problem))
            return
        folder = SessionFolder(remains.folder.parent, remains.folder.name)
        bench = self._designs.add(document, folder=folder)
        session = bench.desk.session
        session.file = remains.facts.path
        session.stamp = saving.stamp_of(session.file) if session.file else (0, 0)
        bench.run_keeping.recall(str(Path(session.file).resolve()) if session.file else "")
        session.take_up(remains.facts.origin)
        session.workspace.history.mark_unsaved()
        bench.autosave.now()
        self.changed.emit()

    # saving

    def save(self, then: Callable[[bool], None] = lambda _saved: None) -> None:
        """Save under the present name, or ask for one; `then` is told whether it was done."""
        path = self._bench.desk.session.file
        if path:
            self._save(path, then)
        else:
            self.save_as(then)

    def save_as(self, then: Callable[[bool], None] = lambda _saved: None, *, weights: bool = True) -> None:
        """Ask for a name and save."""
        name = f"{plain_name(self._bench.name)}{files.SUFFIX}"
        path = ask.save_file(self._window, "Save the design", name, DESIGNS)
        if not path:
            then(False)
            return
        self._save(path if path.endswith(files.SUFFIX) else path + files.SUFFIX, then, weights=weights)

    def save_without_weights(self) -> None:
        """Save the design alone, for a file that diffs and travels."""
        path = self._bench.desk.session.file
        if path:
            self._save(path, lambda _saved: None, weights=False)
        else:
            self.save_as(weights=False)

    def _save(self, path: str, then: Callable[[bool], None], *, weights: bool = True) -> None:
        bench = self._bench
        session = bench.desk.session
        if session.file == path and session.stamp not in ((0, 0), saving.stamp_of(path)):
            answer = ask.changed_outside(self._window, Path(path).name, self._difference(path))
            if answer == "stay":
                then(False)
                return
            if answer == "open":
                session.file = ""  # this one becomes a copy; the file is opened beside it
                then(False)
                self.open_path(path)
                return

        def told(saved: bool) -> None:
            if saved:
                bench.saved_text = f"Saved {time.strftime('%H:%M')}"
                bench.autosave.clear()
                bench.run_keeping.keep_for(str(Path(path).resolve()))
                self.opened.emit(path)
            self.changed.emit()
            then(saved)

        saving.save(session, path, told, weights=weights)

    def _difference(self, path: str) -> str:
        """What a file holds that was changed by somebody else, in a line."""
        try:
            other = files.load(path)
        except files.FileProblem as problem:
            return str(problem)
        mine = self._bench.desk.workspace.document
        return f"It has {len(other.root)} nodes, yours has {len(mine.root)}."

    # closing

    def close_front(self) -> None:
        """Close the design in front; asks where something would be lost."""
        self.close(self._bench)

    def close(self, bench: Bench) -> None:
        """Close a design; asks where something would be lost."""
        self.leave(bench, lambda: self._designs.close(bench))

    def leave(self, bench: Bench, then: Callable[[], None]) -> None:
        """Do something that ends a design, once nothing of it would be lost unasked."""
        lost = lost_words(bench.desk.session)
        if not lost:
            then()
            return
        self._designs.show(bench)
        answer = ask.save_changes(self._window, bench.name, lost)
        if answer == "save":
            self.save(lambda saved: then() if saved else None)
        elif answer == "discard":
            then()
