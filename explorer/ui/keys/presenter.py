"""Keys chosen by the user: shown, bound, kept, printed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Signal

from explorer.ui.keys import printing
from explorer.ui.keys.groups import groups
from explorer.ui.keys.presets import PRESETS
from explorer.ui.keys.sheet import KeySheet
from explorer.ui.shell import ask
from explorer.ui.shell.actions.table import ActionTable
from explorer.ui.shell.window import Window


class KeysPresenter(QObject):
    """Ties the key table of the window to its sheet.

    Attributes:
        sheet: the window with all keys, None before it was first wanted.

    Signals:
        said: a line for the user. changed: other keys are in force.

    """

    said = Signal(str)
    changed = Signal()

    def __init__(self, window: Window, table: Callable[[], ActionTable]) -> None:
        """Take where the sheet stands, and a way to the table, which is made later."""
        super().__init__(window)
        self._window, self._table_of = window, table
        self.sheet: KeySheet | None = None

    @property
    def _table(self) -> ActionTable:
        return self._table_of()

    def take(self, preset: str, own: Mapping[str, object]) -> None:
        """Take what was kept at an earlier time; what is wrong with it is said and left out."""
        keys, left = self._table.keys, []
        good: dict[str, tuple[str, ...]] = {}
        for name, value in own.items():
            if isinstance(value, list | tuple) and all(isinstance(key, str) for key in value):
                good[name] = tuple(value)
            else:
                left.append(f"The keys kept for “{name}” cannot be read.")
        left += keys.take(preset or keys.preset, good)
        keys.listen(self._on_change)
        self._window.top_bar.set_keys()
        if left:
            more = f" {len(left) - 1} more of your keys were left out." if len(left) > 1 else ""
            self.said.emit(left[0] + more)

    def _on_change(self) -> None:
        self._window.top_bar.set_keys()
        self._show()
        self.changed.emit()

    def open(self) -> None:
        """Show the sheet, or bring it to the front."""
        if self.sheet is None:
            self.sheet = KeySheet(self._window, groups(self._table), PRESETS)
            self.sheet.bound.connect(self._bind)
            self.sheet.cleared.connect(lambda name: self._table.keys.bind(name, ()))
            self.sheet.usualAsked.connect(self._table.keys.reset)
            self.sheet.chosen.connect(self._table.keys.choose)
            self.sheet.pdfAsked.connect(self._save)
            self.sheet.printAsked.connect(self._print)
        self._show()
        self.sheet.show()
        self.sheet.raise_()
        self.sheet.activateWindow()
        self.sheet.search.setFocus()
        self.sheet.search.selectAll()

    def _show(self) -> None:
        if self.sheet is not None:
            self.sheet.show_groups(groups(self._table), self._table.keys.preset)

    def _bind(self, name: str, key: str) -> None:
        table = self._table
        why = table.keys.why_not(name, key, lambda other: table.rows[other].title)
        assert self.sheet is not None
        if why is not None:
            self.sheet.say(why, bad=True)
            return
        table.keys.bind(name, (key,))
        self.sheet.say(f"{table.key(name)} now means “{table.rows[name].title}”.")

    def _save(self) -> None:
        assert self.sheet is not None
        path = ask.save_file(self.sheet, "Save the keys", "keys.pdf", "PDF (*.pdf)")
        if not path:
            return
        try:
            printing.write_pdf(path, groups(self._table), self._table.keys.preset)
        except OSError as problem:
            self.sheet.say(f"{path} cannot be written: {problem.strerror}.", bad=True)
            return
        self.sheet.say(f"Saved {path}.")

    def _print(self) -> None:
        assert self.sheet is not None
        if printing.print_it(self.sheet, groups(self._table), self._table.keys.preset):
            self.sheet.say("Sent to the printer.")
