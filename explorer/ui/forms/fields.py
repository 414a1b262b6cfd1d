"""The form of a block's fields: label, editor, and below it why a value was refused."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.style.theme import follow, theme
from explorer.ui.forms import editors
from explorer.ui.forms.editors import FieldView
from explorer.ui.widgets.choice import Choice
from explorer.ui.widgets.elided_label import ElidedLabel
from explorer.ui.widgets.field import Field
from explorer.ui.widgets.text import label, restyle
from explorer.ui.widgets.toggle import Toggle

LABEL = 92
_SAME = ("name", "label", "kind", "choices", "axes", "optional")


class FieldRow(QWidget):
    """One field; what is refused stays typed, with the reason below, until changed or Esc."""

    committed = Signal(str, object)
    entered = Signal()

    def __init__(self, view: FieldView, wide: int = LABEL) -> None:
        super().__init__()
        self._wide, self._typed = wide, ""
        self.view = view
        self.caption = ElidedLabel.styled(view.label, tone="2")
        self.editor: Field | Choice | Toggle | None = None
        self.words = label(tone="error", role="caption", wrap=True)
        self.words.setVisible(False)
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(self.caption)
        if view.kind == "note":
            self._note = label(str(view.value), tone="3")
            line.addWidget(self._note, 1)
        else:
            self.editor = editors.make(view)
            line.addWidget(self.editor, 0 if isinstance(self.editor, Toggle) else 1)
            if isinstance(self.editor, Toggle):
                line.addStretch(1)
            self.caption.setBuddy(self.editor)
            self._listen(self.editor)
        self._below = QHBoxLayout()
        self._below.addWidget(self.words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(line)
        column.addLayout(self._below)
        follow(self._restyle)
        self._apply(view)

    def _restyle(self) -> None:
        px = theme().px
        self.caption.setFixedWidth(px(self._wide))
        self._below.setContentsMargins(px(self._wide), 0, 0, 0)
        self.setMinimumHeight(px(30))

    def _listen(self, editor: Field | Choice | Toggle) -> None:
        if isinstance(editor, Toggle):
            editor.clicked.connect(self._tell)
        elif isinstance(editor, Choice):
            editor.chosen.connect(self._tell)
        else:
            editor.committed.connect(self._tell)
            editor.textEdited.connect(self._judge)
            # after the value was committed, not before
            editor.returnPressed.connect(self.entered, Qt.ConnectionType.QueuedConnection)
            editor.editingFinished.connect(self._settled)

    def _tell(self, value: object) -> None:
        self._typed = self.editor.write(value) if isinstance(self.editor, Field) else ""
        self.refuse("")
        self.committed.emit(self.view.name, value)

    def _judge(self, text: str) -> None:
        """Say while typing why a text is no value yet."""
        if isinstance(self.editor, Field):
            try:
                self.editor.read(text)
            except ValueError as problem:
                self._say(str(problem))
            else:
                self._say("")

    def _settled(self) -> None:
        if isinstance(self.editor, Field) and self.editor.property("wrong") != "true":
            self._say("")

    def set_view(self, view: FieldView) -> None:
        """Show another value of the same field."""
        if view != self.view:
            self._apply(view)

    def _apply(self, view: FieldView) -> None:
        changed, self.view = view.value != self.view.value, view
        editor = self.editor
        if editor is None:
            self._note.setText(str(view.value))
            return
        if isinstance(editor, Toggle):
            editor.setChecked(bool(view.value))
        elif isinstance(editor, Choice):
            editor.set_value(view.value)
        else:
            if changed:
                editor.set_value(view.value)
                self._say("")
            editor.set_unit("" if view.optional and view.value is None else view.effect)
            editor.setPlaceholderText((view.effect or "worked out") if view.optional else "")
        editor.setEnabled(not view.reason)
        restyle(self.caption, tone="disabled" if view.reason else "2")
        tip = view.reason or view.doc
        editor.setAccessibleDescription(tip)
        if not isinstance(editor, Field) or editor.property("wrong") != "true":
            editor.setToolTip(tip)

    def refuse(self, words: str) -> None:
        """Say why the value that was given is not taken; no words take that back."""
        self._say(words)
        editor = self.editor
        if isinstance(editor, Field):
            editor.set_value(self.view.value)
            if words:
                editor.setText(self._typed)
                restyle(editor, wrong="true")
        elif words and isinstance(editor, Toggle):
            editor.setChecked(bool(self.view.value))
        elif words and isinstance(editor, Choice):
            editor.set_value(self.view.value)

    def _say(self, words: str) -> None:
        self.words.setText(words[:1].upper() + words[1:])
        self.words.setVisible(bool(words))
        if self.editor is not None:
            self.editor.setAccessibleDescription(words or self.view.doc)


class FieldsForm(QWidget):
    """All fields of a block; editors stay while only values change, so that typing is not disturbed."""

    committed = Signal(str, object)
    entered = Signal()

    def __init__(self, wide: int = LABEL) -> None:
        super().__init__()
        self._wide = wide
        self.rows: dict[str, FieldRow] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._subject = ""

    def set_fields(self, subject: str, views: Sequence[FieldView]) -> None:
        """Show the fields of `subject`; another subject gets new editors."""
        shape = [tuple(getattr(view, name) for name in _SAME) for view in views]
        present = [tuple(getattr(row.view, name) for name in _SAME) for row in self.rows.values()]
        if subject != self._subject or shape != present:
            self._subject = subject
            self._rebuild(views)
        for view in views:
            self.rows[view.name].set_view(view)

    def refuse(self, name: str, words: str) -> None:
        """Say below a field why its value is not taken."""
        if name in self.rows:
            self.rows[name].refuse(words)

    def _rebuild(self, views: Sequence[FieldView]) -> None:
        for row in self.rows.values():
            row.blockSignals(True)
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = {view.name: FieldRow(view, self._wide) for view in views}
        for row in self.rows.values():
            self._column.addWidget(row)
            row.committed.connect(self.committed)
            row.entered.connect(self.entered)
