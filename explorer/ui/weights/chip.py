"""The chip in the bar: the story of the live weights in one line, always in sight."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from explorer.session.origin import Origin
from explorer.style import icons
from explorer.style.theme import follow, theme
from explorer.ui.weights.sign import paint_sign, sign_of
from explorer.ui.widgets.keys import with_key

HEIGHT, SIGN, PAD = 30, 14, 12


class WeightsChip(QAbstractButton):
    """Sign, state, source and figure; what there is no room for is left out from the right."""

    def __init__(self) -> None:
        super().__init__()
        self._origin = Origin()
        self._earlier: str = ""
        self._is_short = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCheckable(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        follow(self._restyle)
        self.show_origin(self._origin)

    def show_origin(self, origin: Origin, earlier: str = "") -> None:
        """Tell a story; `earlier` is the figure of the weights before an edit, until it is measured anew."""
        self._origin, self._earlier = origin, earlier
        words = origin.sentence + (f" · was {earlier}" if earlier else "")
        self.setAccessibleName(f"Weights: {words}")
        self._words = words
        self.show_key()
        self.updateGeometry()
        self.update()

    def show_key(self) -> None:
        """Name the key in force in the tip."""
        where = with_key("Where the weights come from", "weights.story", "Ctrl+Shift+W")
        self.setToolTip(f"{self._words}\n{where}")

    def set_short(self, short: bool) -> None:
        """Show sign and state only, in narrow windows."""
        if short != self._is_short:
            self._is_short = short
            self.updateGeometry()
            self.update()

    def _restyle(self) -> None:
        self.setFixedHeight(theme().px(HEIGHT))
        self.updateGeometry()
        self.update()

    def _parts(self) -> list[tuple[str, int, str]]:
        """Texts with weight and tone, from left to right."""
        parts = [(self._origin.title, 600, "1")]
        if not self._is_short:
            if self._origin.detail:
                parts.append((self._origin.detail, 400, "2"))
            if self._origin.figure_words:
                parts.append((self._origin.figure_words, 600, "1"))
            elif self._earlier:
                parts.append((f"was {self._earlier}", 400, "3"))
        return parts

    def sizeHint(self) -> QSize:
        """As wide as the words."""
        px = theme().px
        width = px(2 * PAD + SIGN + 8 + 20)
        for number, (words, weight, _) in enumerate(self._parts()):
            metrics = QFontMetrics(theme().font("label", weight))
            width += metrics.horizontalAdvance(words) + (px(16) if number else 0)
        return QSize(width, px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """Sign and state."""
        metrics, px = QFontMetrics(theme().font("label", 600)), theme().px
        return QSize(px(2 * PAD + SIGN + 28) + metrics.horizontalAdvance(self._origin.title), px(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the chip."""
        colours, px = theme().colours, theme().px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(0.75, 0.75, -0.75, -0.75)
        is_open = self.isChecked()
        painter.setPen(QPen(colours.accent if is_open else colours.line, 1.5 if is_open else 1))
        hovered = colours.hover if self.underMouse() else colours.panel
        painter.setBrush(colours.selected if is_open else hovered)
        painter.drawRoundedRect(area, area.height() / 2, area.height() / 2)
        side = px(SIGN)
        spot = QRectF(px(PAD), (self.height() - side) / 2, side, side)
        paint_sign(painter, sign_of(self._origin), spot, colours.text, colours.panel)
        self._paint_words(painter, spot.right() + px(8), self.width() - px(PAD + 16))
        arrow = icons.icon("chevron_down", colours.text2, 12).pixmap(px(12), px(12))
        painter.drawPixmap(self.width() - px(PAD + 10), (self.height() - px(12)) // 2, arrow)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colours.focus, 2))
            painter.drawRoundedRect(area, area.height() / 2, area.height() / 2)

    def _paint_words(self, painter: QPainter, left: float, right: float) -> None:
        colours, px = theme().colours, theme().px
        tones = {"1": colours.text, "2": colours.text2, "3": colours.text3}
        for number, (words, weight, tone) in enumerate(self._parts()):
            painter.setFont(theme().font("label", weight))
            if number:
                painter.setPen(colours.text3)
                painter.drawText(QRectF(left, 0, px(16), self.height()), Qt.AlignmentFlag.AlignCenter, "·")
                left += px(16)
            room = right - left
            if room < px(24):
                return
            shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(room))
            painter.setPen(tones[tone])
            spot = QRectF(left, 0, room, self.height())
            painter.drawText(spot, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
            left += painter.fontMetrics().horizontalAdvance(shown)
