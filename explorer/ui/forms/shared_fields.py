"""A form for the fields that several nodes have in common; mixed values stand in the order of the flow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from explorer.style.theme import follow, theme
from explorer.ui.forms import change, editors
from explorer.ui.forms.editors import FieldView
from explorer.ui.widgets.choice import Choice
from explorer.ui.widgets.elided_label import ElidedLabel
from explorer.ui.widgets.field import Field
from explorer.ui.widgets.text import label, restyle
from explorer.ui.widgets.toggle import Toggle

LABEL, MOST_WRITTEN = 92, 4
MIXED = "mixed"


@dataclass(frozen=True)
class SharedView:
    """A field of several nodes.

    Attributes:
        view: the field as one node shows it; its reason says why it cannot be changed.
        values: of all nodes, in the order of the flow.

    """

    view: FieldView
    values: tuple[object, ...]

    @property
    def is_mixed(self) -> bool:
        """Whether the values differ."""
        return any(value != self.values[0] for value in self.values)

    @property
    def on(self) -> int:
        """Of a switch: how many are on."""
        return sum(bool(value) for value in self.values)


class SharedField(Field):
    """Takes a value for all or a change of each; mixed values stand in it in grey until one types."""

    def __init__(self, shared: SharedView) -> None:
        made = editors.make(shared.view)
        assert isinstance(made, Field)
        self._plain = made
        self._mixed: tuple[object, ...] = ()
        self._come = ""
        super().__init__(shared.view.label)
        made.setParent(self)
        made.hide()

    def show_values(self, shared: SharedView) -> None:
        """Show what the nodes have."""
        self._come = ""
        if shared.is_mixed:
            self._mixed = shared.values
            self.set_value(None)
            self.set_unit(MIXED)
            self.setPlaceholderText(", ".join(map(self._plain.write, shared.values)))
        else:
            self._mixed = ()
            self.set_value(shared.values[0])
            self.set_unit(shared.view.effect or f"all {len(shared.values)}")
            self.setPlaceholderText("worked out" if shared.view.optional else "")

    def show_outcome(self, values: Sequence[object]) -> None:
        """Show what each would become, in accent; nothing to take that back."""
        shown = [self._plain.write(value) for value in values]
        if len(set(shown)) == 1:
            shown = []  # it stands there already, or is one value for all
        if len(shown) > MOST_WRITTEN:
            shown = [*shown[: MOST_WRITTEN - 1], "…", shown[-1]]
        self._come = ", ".join(shown)
        typed = self.fontMetrics().horizontalAdvance(self.text()) + theme().px(24)
        metrics = self.fontMetrics()
        self._come = metrics.elidedText(self._come, Qt.TextElideMode.ElideLeft, max(0, self.width() - typed))
        self.update()

    @property
    def outcome(self) -> str:
        """What is written at the right while a change is being typed."""
        return self._come

    def read(self, text: str) -> object:
        """Return a `Change`, or the value for all."""
        plain = text.strip()
        if not plain and self._mixed:
            return None
        signed = isinstance(self.value(), int | float) and self.value() < 0  # type: ignore[operator]
        signed = signed or any(isinstance(one, int | float) and one < 0 for one in self._mixed)
        found = change.read(plain, signed=signed)
        return found if found is not None else self._plain.read(text)

    def write(self, value: object) -> str:
        """Return the text of a value; mixed ones have none."""
        return "" if self._mixed and value is None else self._plain.write(value)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what would come at the right, else the tag of mixed values, else the unit."""
        if not self._come and not (self._mixed and not self.text()):
            super().paintEvent(event)
            return
        QLineEdit.paintEvent(self, event)
        painter, colours, px = QPainter(self), theme().colours, theme().px
        area: QRect = self.rect().adjusted(0, 0, -px(9), 0)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if self._come:
            painter.setFont(theme().font("label", 500))
            painter.setPen(colours.accent)
            painter.drawText(area, right, self._come)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme().font("caption", 500))
        wide, tall = painter.fontMetrics().horizontalAdvance(MIXED) + px(12), px(18)
        tag = QRectF(self.width() - wide - px(6), (self.height() - tall) / 2, wide, tall)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.sunken)
        painter.drawRoundedRect(tag, px(4), px(4))
        painter.setPen(colours.text2)
        painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, MIXED)


class SharedRow(QWidget):
    """One field of several nodes.

    Signals:
        committed: name, and the value for all or a `Change`. typed: the same, while it is being typed; None
            when the text is no value yet.
    """

    committed = Signal(str, object)
    typed = Signal(str, object)

    def __init__(self, shared: SharedView) -> None:
        super().__init__()
        self.shared = shared
        self._is_refused = False
        self.caption = ElidedLabel.styled(shared.view.label, tone="2")
        self.editor = _editor(shared)
        self.remark = label(tone="2")
        self.words = label(tone="error", role="caption", wrap=True)
        self.words.setVisible(False)
        self.caption.setBuddy(self.editor)
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        line.addWidget(self.caption)
        is_switch = isinstance(self.editor, Toggle)
        line.addWidget(self.editor, 0 if is_switch else 1)
        if is_switch:
            line.addWidget(self.remark, 1)
        else:
            self.remark.setParent(self)
            self.remark.hide()
        self._below = QHBoxLayout()
        self._below.addWidget(self.words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(line)
        column.addLayout(self._below)
        self._listen()
        follow(self._restyle)
        self.set_shared(shared)

    def _restyle(self) -> None:
        px = theme().px
        self.caption.setFixedWidth(px(LABEL) - 6)
        self._below.setContentsMargins(px(LABEL), 0, 0, 0)
        self.setMinimumHeight(px(30))

    def _listen(self) -> None:
        editor = self.editor
        if isinstance(editor, Toggle):
            editor.clicked.connect(self._commit)
        elif isinstance(editor, Choice):
            editor.chosen.connect(self._commit)
        else:
            editor.committed.connect(self._commit)
            editor.textEdited.connect(self._judge)
            editor.editingFinished.connect(self._settle)

    def _commit(self, value: object) -> None:
        self.say("")
        self.committed.emit(self.shared.view.name, value)

    def _judge(self, text: str) -> None:
        assert isinstance(self.editor, SharedField)
        self._is_refused = False
        self.editor.show_outcome(())
        try:
            value = self.editor.read(text)
        except ValueError as problem:
            self.say(str(problem))
            self.typed.emit(self.shared.view.name, None)
        else:
            self.say("")
            self.typed.emit(self.shared.view.name, value)

    def _settle(self) -> None:
        """What was typed has been taken, or given up: show the values again."""
        if isinstance(self.editor, SharedField) and not (self._is_refused and self.editor.hasFocus()):
            self._is_refused = False
            self.editor.show_values(self.shared)
            self.say("")

    def set_shared(self, shared: SharedView) -> None:
        """Show other values of the same field; what is being typed stays."""
        self.shared = shared
        editor, reason = self.editor, shared.view.reason
        if isinstance(editor, Toggle):
            editor.setChecked(shared.on == len(shared.values))
            editor.set_mixed(shared.is_mixed)
            self.remark.setText(f"on in {shared.on} of {len(shared.values)}" if shared.is_mixed else "")
        elif isinstance(editor, Choice):
            editor.set_value(shared.values[0])
            if shared.is_mixed:
                editor.setPlaceholderText(MIXED)
                editor.setCurrentIndex(-1)
        elif not (self._is_refused or (editor.hasFocus() and editor.isModified())):
            editor.show_values(shared)
        editor.setEnabled(not reason)
        restyle(self.caption, tone="disabled" if reason else "2")
        tip = reason or shared.view.doc
        editor.setAccessibleDescription(f"{self.spoken()}. {tip}".strip())
        editor.setToolTip(tip)

    def spoken(self) -> str:
        """Return the values in words."""
        if not self.shared.is_mixed:
            return f"all {len(self.shared.values)} alike"
        return self.remark.text() or "mixed: " + ", ".join(map(str, self.shared.values[:8]))

    def refuse(self, words: str) -> None:
        """Say why what was typed is not taken; it stays typed until it is changed, or left."""
        self._is_refused = isinstance(self.editor, SharedField)
        self.set_shared(self.shared)
        self.say(words)

    def say(self, words: str) -> None:
        """Say below the field what does not go; no words take that back."""
        self.words.setText(words)
        self.words.setVisible(bool(words))


def _editor(shared: SharedView) -> SharedField | Choice | Toggle:
    if shared.view.kind == "bool":
        return Toggle(shared.view.label, shared.on == len(shared.values))
    if shared.view.kind == "choice":
        made = editors.make(shared.view)
        assert isinstance(made, Choice)
        return made
    return SharedField(shared)


class SharedForm(QWidget):
    """Rows of fields; the editors stay while only values change."""

    committed = Signal(str, object)
    typed = Signal(str, object)

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, SharedRow] = {}
        self._subject: object = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.setAlignment(Qt.AlignmentFlag.AlignTop)

    def set_fields(self, subject: object, fields: Sequence[SharedView]) -> None:
        """Show the fields of `subject`; another subject gets new editors."""
        wanted = (subject, tuple((f.view.name, f.view.kind, f.view.axes, f.view.choices) for f in fields))
        if wanted != self._subject:
            self._subject = wanted
            self._rebuild(fields)
        for shared in fields:
            self.rows[shared.view.name].set_shared(shared)

    def _rebuild(self, fields: Sequence[SharedView]) -> None:
        for row in self.rows.values():
            row.blockSignals(True)
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = {shared.view.name: SharedRow(shared) for shared in fields}
        for row in self.rows.values():
            self._column.addWidget(row)
            row.committed.connect(self.committed)
            row.typed.connect(self.typed)
