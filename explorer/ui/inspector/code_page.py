"""The lines of the exported source that concern the selected node."""

from __future__ import annotations

from PySide6.QtGui import QFontMetricsF, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from explorer.style.theme import follow, theme
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.text import label


class CodePage(QWidget):
    """Source in a read-only box, with a button that copies it."""

    def __init__(self) -> None:
        super().__init__()
        self._words = label("Python", tone="2", weight="semibold", wrap=True)
        self.copy_button = Button("Copy")
        self.copy_button.clicked.connect(self._copy)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setProperty("kind", "code")
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName("Python source of this node")
        head = QHBoxLayout()
        head.addWidget(self._words, 1)
        head.addWidget(self.copy_button)
        self._column = QVBoxLayout(self)
        self._column.addLayout(head)
        self._column.addWidget(self.text, 1000)
        self._column.addStretch(1)
        self.set_code("", "The engine has not written the source yet.")
        follow(self._restyle)

    def _restyle(self) -> None:
        px = theme().px
        self._column.setContentsMargins(px(14), px(10), px(14), px(16))
        self._column.setSpacing(px(8))
        font = theme().font("caption", mono=True)
        self.text.setFont(font)
        self.text.setTabStopDistance(4 * QFontMetricsF(font).horizontalAdvance(" "))
        self._fit()

    def set_code(self, text: str, reason: str = "") -> None:
        """Show lines, or why there are none."""
        self._words.setText("Python" if text else reason or "No line of the source is about this node alone.")
        self.copy_button.setText("Copy")
        if text != self.text.toPlainText():
            self.text.setPlainText(text)
        self.text.setVisible(bool(text))
        self.copy_button.setVisible(bool(text))
        self._fit()

    def _fit(self) -> None:
        """Be as high as the lines are, as far as there is room."""
        lines = self.text.document().blockCount() + 1
        bar = self.text.horizontalScrollBar().sizeHint().height()
        self.text.setMaximumHeight(lines * self.text.fontMetrics().lineSpacing() + bar + theme().px(12))
        self.text.setMinimumHeight(min(theme().px(120), self.text.maximumHeight()))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.copy_button.setText("Copied")
