"""Brings window, theme, panels and open designs back at the next start."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, QTimer

from explorer.session import preferences
from explorer.session.preferences import MOST_OPEN, OpenDesign, Preferences
from explorer.style.theme import theme
from explorer.ui.designs.files import FilePresenter
from explorer.ui.keys.key_map import KeyMap
from explorer.ui.shell.bench import Bench
from explorer.ui.shell.open_designs import OpenDesigns
from explorer.ui.shell.window import Window

WRITE_MS = 1_000


class Keeping(QObject):
    """Writes what shall be kept a moment after it changed, and when the program ends."""

    def __init__(self, window: Window, designs: OpenDesigns, files: FilePresenter, kept: Preferences) -> None:
        super().__init__(window)
        self._window, self._designs, self.kept = window, designs, kept
        self.usual_scale: Callable[[], float] = lambda: theme().scale
        self._timer = QTimer(self, singleShot=True, interval=WRITE_MS)
        self._timer.timeout.connect(self.write)
        window.resized.connect(self._timer.start)
        window.room.moved.connect(self._timer.start)
        designs.listed.connect(self._timer.start)
        designs.switched.connect(lambda _bench: self._timer.start())
        files.opened.connect(self._note)
        theme().changed.connect(self._timer.start)
        window.room.restore(kept.palette, kept.inspector, kept.dock)

    def _note(self, file: str) -> None:
        """A file was opened or saved: it comes first among the recent ones."""
        self.kept = preferences.with_recent(self.kept, str(Path(file).resolve()))
        self._timer.start()

    def keep_keys(self, keys: KeyMap) -> None:
        """Other keys are in force."""
        self.kept = msgspec.structs.replace(self.kept, keys=keys.preset, own_keys=dict(keys.own))
        self._timer.start()

    def keep(self, **values: object) -> None:
        """Keep something that the user has chosen, by its name in `Preferences`."""
        self.kept = msgspec.structs.replace(self.kept, **values)
        self._timer.start()

    def reopen(self, files: FilePresenter) -> bool:
        """Open what was open; what is gone meanwhile is left out. Returns whether there was something."""
        shown: list[Bench] = []
        for design in self.kept.open[:MOST_OPEN]:
            before = len(self._designs.benches)
            if self._is_there(design.word) and files.open_any(design.word):
                bench = self._designs.bench
                bench.show_view_later(design.view)
                if bench.opened_by:
                    bench.run_keeping.recall(bench.opened_by)
                shown.append(bench)
            elif len(self._designs.benches) < before:
                return False
        if shown:
            self._designs.show(shown[min(self.kept.front, len(shown) - 1)])
        return bool(shown)

    @staticmethod
    def _is_there(word: str) -> bool:
        return bool(word) and (not word.endswith(".json") or Path(word).is_file())

    def present(self) -> Preferences:
        """What would be kept now."""
        window = self._window
        palette, inspector, dock = window.room.chosen()
        is_large = window.isMaximized()
        open_ = [OpenDesign(bench.word, bench.view_state()) for bench in self._designs.benches if bench.word]
        front = self._designs.benches[: self._designs.number] if self._designs.benches else []
        return msgspec.structs.replace(
            self.kept,
            width=self.kept.width if is_large else window.width(),
            height=self.kept.height if is_large else window.height(),
            maximised=is_large,
            mode=theme().mode,
            contrast=theme().contrast,
            still=theme().reduced_motion,
            scale=self.usual_scale(),
            palette=palette,
            inspector=inspector,
            dock=dock,
            open=tuple(open_),
            front=sum(bool(bench.word) for bench in front),
        )

    def write(self) -> None:
        """Keep what there is now."""
        self._timer.stop()
        if self._designs.benches:
            self.kept = self.present()
            preferences.write(self.kept)
