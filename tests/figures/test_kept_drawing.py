"""A drawing kept as pixels looks as it did, and is drawn anew when it or the view is another."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from explorer.figures.canvas.painting.kept import KeptDrawing


def test_it_is_painted_twice_and_then_kept(qapp) -> None:
    kept, painted = KeptDrawing(), []

    def paint(painter: QPainter) -> None:
        painted.append(1)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.fillRect(QRectF(2, 3, 10, 5), Qt.GlobalColor.red)

    def shot(drawing: object, zoom: float = 2.0) -> QImage:
        image = QImage(60, 40, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        painter.translate(4, 1)
        painter.scale(zoom, zoom)
        kept.draw(painter, drawing, paint)
        painter.end()
        return image

    one, other = object(), object()
    pictures = [shot(one) for _ in range(4)]
    assert len(painted) == 2
    assert all(picture == pictures[0] for picture in pictures)
    assert shot(one, 3.0) != pictures[0], "another zoom"
    assert len(painted) == 3
    shot(other, 3.0)
    assert len(painted) == 4
