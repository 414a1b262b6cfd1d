"""Questions to the user, each a function of its own, so that tests can answer them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget


def open_file(parent: QWidget, title: str, kinds: str) -> str:
    """Ask for an existing file; an empty text when none was chosen."""
    return QFileDialog.getOpenFileName(parent, title, "", f"{kinds};;All files (*)")[0]


def save_file(parent: QWidget, title: str, name: str, kinds: str) -> str:
    """Ask where to save; an empty text when given up."""
    return QFileDialog.getSaveFileName(parent, title, name, kinds)[0]


def save_changes(parent: QWidget, name: str, lost: Sequence[str] = ()) -> str:
    """Ask what to do before a design is closed, saying what would be lost: `save`, `discard` or `stay`."""
    answers = (("Save", "save"), ("Don’t save", "discard"), ("Stay here", "stay"))
    return _choose(parent, "Close the design", f"Save {name} before it is closed?", lost, answers)


def changed_outside(parent: QWidget, file: str, difference: str) -> str:
    """Ask what to do with a file that another program has changed: `overwrite`, `open` or `stay`."""
    answers = (("Open theirs beside", "open"), ("Overwrite it", "overwrite"), ("Stay here", "stay"))
    words = f"{file} was changed by another program since it was opened here."
    return _choose(parent, "The file has changed", words, (difference,), answers)


def _choose(
    parent: QWidget, title: str, words: str, more: Sequence[str], answers: Sequence[tuple[str, str]]
) -> str:
    box = QMessageBox(parent)
    box.setWindowTitle(title)
    box.setText(words)
    box.setInformativeText("\n".join(more))
    role = QMessageBox.ButtonRole
    roles = (role.AcceptRole, role.DestructiveRole, role.RejectRole)
    made = {box.addButton(shown, kind): answer for (shown, answer), kind in zip(answers, roles, strict=True)}
    box.setDefaultButton(next(iter(made)))
    box.exec()
    chosen = box.clickedButton()
    return next((answer for button, answer in made.items() if button is chosen), answers[-1][1])
