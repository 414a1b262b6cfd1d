"""Questions to the user, each a function of its own, so that tests can answer them."""

from __future__ import annotations

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget


def open_file(parent: QWidget, title: str, kinds: str) -> str:
    """Ask for an existing file; an empty text when none was chosen."""
    return QFileDialog.getOpenFileName(parent, title, "", f"{kinds};;All files (*)")[0]


def save_file(parent: QWidget, title: str, name: str, kinds: str) -> str:
    """Ask where to save; an empty text when given up."""
    return QFileDialog.getSaveFileName(parent, title, name, kinds)[0]


def save_changes(parent: QWidget, name: str) -> str:
    """Ask what to do with unsaved changes: `save`, `discard` or `stay`."""
    box = QMessageBox(parent)
    box.setWindowTitle("Unsaved changes")
    box.setText(f"Save the changes to {name}?")
    save = box.addButton("Save", QMessageBox.ButtonRole.AcceptRole)
    discard = box.addButton("Don’t save", QMessageBox.ButtonRole.DestructiveRole)
    box.addButton("Stay here", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(save)
    box.exec()
    chosen = box.clickedButton()
    return "save" if chosen is save else "discard" if chosen is discard else "stay"
