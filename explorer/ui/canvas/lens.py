"""The lens: the tensor that arrives and the one that is wanted, drawn side by side."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from explorer import words
from explorer.graph.flow import Problem
from explorer.style.theme import theme

WIDE, TALL, TAIL = 400, 156, 80
AXES = frozenset("CHWTDL")


class Lens(QWidget):
    """A bubble whose tail points at the wire; takes no mouse."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._got: list[tuple[str, str]] = []
        self._wants: list[tuple[str, str]] = []
        self._values, self._name, self._tip = 0, "", QPointF()
        self.hide()

    @property
    def has_shapes(self) -> bool:
        """Whether there are two shapes to compare."""
        return bool(self._got and self._wants)

    def show_problem(self, problem: Problem, name: str) -> None:
        """Take the shapes of a problem."""
        got = problem.got
        self._got = [(a, str(n)) for a, n in zip(got.axes, got.shape, strict=True)] if got else []
        self._wants = parse_axes(problem.wants, got.axes if got else ())
        self._values, self._name = (got.size if got else 0), name
        arrives = ", ".join(f"{a} {n}" for a, n in self._got)
        wanted = ", ".join(f"{a} {n}".strip() for a, n in self._wants)
        self.setAccessibleName(f"arrives: {arrives}; {name} wants: {wanted}")

    def body_height(self) -> int:
        """Return the height without the tail."""
        return theme().px(TALL)

    def point_at(self, tip: QPointF, top: int, window: int) -> None:
        """Stand with the body at `top` and the tail ending at a point of the window."""
        px = theme().px
        wide = min(px(WIDE), window - px(16))
        left = min(max(px(8), round(tip.x()) - wide // 2), max(px(8), window - wide - px(8)))
        tall = max(px(TALL) + 4, round(tip.y()) - top)
        self.setGeometry(left, top, wide, tall)
        self._tip = tip - QPointF(left, top + px(12))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw bubble and shapes."""
        colours, px = theme().colours, theme().px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        body = QRectF(0.75, 0.75, self.width() - 1.5, px(TALL) - 1.5)
        outline = QPainterPath()
        outline.addRoundedRect(body, theme().radius("popover"), theme().radius("popover"))
        tail = QPainterPath()
        x = min(max(self._tip.x(), px(30)), self.width() - px(30))
        tail.addPolygon(
            QPolygonF(
                [QPointF(x - px(8), body.bottom() - 1), self._tip, QPointF(x + px(8), body.bottom() - 1)]
            )
        )
        tail.closeSubpath()
        painter.setPen(QPen(colours.error, 1.2))
        painter.setBrush(colours.panel)
        painter.drawPath(outline.united(tail))
        middle = self.width() / 2
        self._column(painter, QRectF(0, 0, middle - px(24), px(TALL)), "arrives", self._got, bad=True)
        right = QRectF(middle + px(24), 0, middle - px(24), px(TALL))
        self._column(painter, right, f"{self._name} wants", self._wants, bad=False)
        self._unequal(painter, QPointF(middle, px(TALL) / 2))

    def _unequal(self, painter: QPainter, at: QPointF) -> None:
        colours, size = theme().colours, theme().px(15)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.error_ground)
        painter.drawEllipse(at, size, size)
        painter.setFont(theme().font("title", 500))
        painter.setPen(colours.error)
        box = QRectF(at.x() - size, at.y() - size - 1, 2 * size, 2 * size)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "≠")

    def _column(
        self, painter: QPainter, area: QRectF, title: str, axes: list[tuple[str, str]], *, bad: bool
    ) -> None:
        colours, px = theme().colours, theme().px
        painter.setFont(theme().font("label", 500))
        painter.setPen(colours.text2)
        inner = area.adjusted(px(18), px(14), -px(10), -px(12))
        painter.drawText(inner, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, title)
        count = words.plural(len(axes), "axis", "axes") if axes else ""
        if bad and self._values:
            count += f", {words.count(self._values)} values"
        painter.setFont(theme().font("label"))
        painter.drawText(inner, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, count)
        other = {a for a, _ in (self._wants if bad else self._got)}
        fault = [bad and (a not in other or len(self._got) == len(self._wants)) for a, _ in axes]
        if bad and len(axes) == 3 and "D" in other:
            fault = [a != "C" for a, _ in axes]
        drawing = QRectF(inner.left(), inner.top() + px(22), inner.width(), inner.height() - px(44))
        draw_shape(painter, drawing, axes, fault)


def parse_axes(wants: str, got: tuple[str, ...]) -> list[tuple[str, str]]:
    """Read what a block wants: `T × D`, or the sizes of another tensor such as `6×14×14`."""
    parts = [part.strip() for part in wants.split("×")] if wants else []
    if parts and all(part in AXES for part in parts):
        return [(part, "") for part in parts]
    if parts and all(part.isdigit() for part in parts):
        letters = got if len(got) == len(parts) else ("",) * len(parts)
        return list(zip(letters, parts, strict=True))
    return []


def draw_shape(painter: QPainter, area: QRectF, axes: list[tuple[str, str]], fault: list[bool]) -> None:
    """Draw a tensor: a column of cells, a sheet, or a box."""
    colours, px = theme().colours, theme().px
    painter.setPen(QPen(colours.line_strong, 1.4))
    painter.setBrush(colours.node)
    centre = area.center()
    if len(axes) == 1:
        step = area.height() / 8
        column = QRectF(centre.x() - step / 2, area.top(), step, area.height())
        painter.drawRect(column)
        for number in range(1, 8):
            y = area.top() + number * step
            painter.drawLine(QPointF(column.left(), y), QPointF(column.right(), y))
        _letter(painter, axes[0], QPointF(column.right() + px(8), centre.y()), fault[0], -1)
        return
    half, tall = min(px(24), area.width() / 5), min(px(20), area.height() / 3)
    face = QRectF(centre.x() - half, centre.y() - tall, 2 * half, 2 * tall)
    depth = px(20) if len(axes) > 2 else 0.0
    face.translate(-depth / 2, depth / 3)
    if depth:
        lift = QPointF(depth, -depth * 0.65)
        top = QPolygonF([face.topLeft(), face.topLeft() + lift, face.topRight() + lift, face.topRight()])
        side = QPolygonF(
            [face.topRight(), face.topRight() + lift, face.bottomRight() + lift, face.bottomRight()]
        )
        painter.drawPolygon(top)
        painter.drawPolygon(side)
        at = face.topRight() + lift + QPointF(px(6), px(4))
        _letter(painter, axes[-3], at, fault[-3], -1)
        painter.setPen(QPen(colours.line_strong, 1.4))
        painter.setBrush(colours.node)
    painter.drawRect(face)
    _letter(painter, axes[-2], QPointF(face.left() - px(8), face.center().y()), fault[-2], 1)
    _letter(painter, axes[-1], QPointF(face.center().x(), face.bottom() + px(9)), fault[-1], 0)


def _letter(painter: QPainter, axis: tuple[str, str], at: QPointF, fault: bool, side: int) -> None:
    """Write an axis beside a drawing: right of the point (-1), left of it (1), or centred (0)."""
    painter.setFont(theme().font("label", 600 if fault else 500))
    colour: QColor = theme().colours.error if fault else theme().colours.text
    painter.setPen(colour)
    said = " ".join(part for part in axis if part)
    wide, tall = painter.fontMetrics().horizontalAdvance(said) + 2, painter.fontMetrics().height()
    left = at.x() - (wide if side == 1 else wide / 2 if side == 0 else 0)
    painter.drawText(QRectF(left, at.y() - tall / 2, wide, tall), Qt.AlignmentFlag.AlignCenter, said)
