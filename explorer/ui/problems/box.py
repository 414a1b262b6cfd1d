"""What is wrong with the selected node, and the best repair."""

from __future__ import annotations

import re
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from explorer.style import icons
from explorer.style.theme import follow, theme
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.text import label, restyle

_AXIS = re.compile(r"\b([A-Z]) (\d+)")


@dataclass(frozen=True)
class ProblemNote:
    """A problem in words.

    Attributes:
        title, sentence: what. waits: whether another node is at fault. is_remark: whether all may stay so.
        repair: the best cure's title. effect: what it gives.

    """

    title: str
    sentence: str
    waits: bool = False
    repair: str = ""
    effect: str = ""
    is_remark: bool = False

    @property
    def is_calm(self) -> bool:
        """Whether there is nothing to repair here."""
        return self.waits or self.is_remark


class ProblemBox(QFrame):
    """A box in the error's ground; sunken with a clock where it only waits, with an i for a remark."""

    repair = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._mark = QLabel()
        self._title = label(weight="semibold", wrap=True)
        self._sentence = label(wrap=True)
        self.button = Button("", name="")
        self._effect = label(role="caption", tone="2", wrap=True)
        self.button.clicked.connect(self.repair)
        self._head = QHBoxLayout()
        self._head.addWidget(self._mark)
        self._head.addWidget(self._title, 1)
        self._cure = QVBoxLayout()
        self._cure.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        self._cure.addWidget(self._effect)
        self._column = QVBoxLayout(self)
        self._column.addLayout(self._head)
        self._column.addWidget(self._sentence)
        self._column.addLayout(self._cure)
        self.note: ProblemNote | None = None
        self.setVisible(False)
        follow(self._restyle)

    def set_note(self, note: ProblemNote | None) -> None:
        """Show a problem, or nothing."""
        self.note = note
        self.setVisible(note is not None)
        if note is None:
            return
        self._title.setText(note.title)
        # axes stay together when the sentence is wrapped
        self._sentence.setText(_AXIS.sub("\\1\u00a0\\2", note.sentence).replace(" × ", "\u00a0× "))
        self.button.setText(note.repair)
        self.button.setAccessibleName(note.repair)
        self.button.setVisible(bool(note.repair))
        self._effect.setText(note.effect)
        self._effect.setVisible(bool(note.repair and note.effect))
        self.setAccessibleName(f"{note.title}. {note.sentence}")
        restyle(self, ground="sunken" if note.is_calm else "error")
        restyle(self._title, tone="1" if note.is_calm else "error")
        self._restyle()

    def _restyle(self) -> None:
        px, colours = theme().px, theme().colours
        self._column.setContentsMargins(px(12), px(9), px(12), px(10))
        self._column.setSpacing(px(4))
        self._head.setSpacing(px(6))
        self._cure.setContentsMargins(0, px(4), 0, 0)
        self._cure.setSpacing(px(4))
        mark, colour = "warning", colours.error
        if self.note is not None and self.note.is_calm:
            mark, colour = "info" if self.note.is_remark else "clock", colours.text2
        self._mark.setPixmap(icons.icon_pixmap(mark, colour, px(16)))
