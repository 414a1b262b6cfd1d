"""Card pictures are drawn at any width, light and dark, and leave nothing empty."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from explorer.cli.parser import run
from explorer.figures import cards
from explorer.protocol.pictures import Cube, Curve, Panel, Panels, Picture, Unrolled
from explorer.style.theme import theme
from explorer.ui.inspector.card_picture import CardPicture

X = np.linspace(-5, 5, 50, dtype=np.float32)
WAVES = np.sin(np.arange(48, dtype=np.float32)).reshape(6, 8)
BOXES = np.array([[1, 1, 3, 3]], np.float32)
LINES = np.random.default_rng(0).random((3, 4, 2), np.float32) * 5
PICTURES: dict[str, Picture] = {
    "panels": Panels(
        panels=(
            Panel(
                title="input", values=np.abs(WAVES), scale="photo", boxes=np.array([[1, 1, 3, 3]], np.float32)
            ),
            Panel(title="kernel", values=WAVES[:3, :3], sign="*"),
            Panel(title="a rather long title", values=np.stack([np.abs(WAVES)] * 3), scale="photo"),
            Panel(title="gates", values=np.abs(WAVES[:, :1]), scale="unit", sign="×"),
            Panel(
                title="grid", values=WAVES, lines=np.random.default_rng(0).random((3, 4, 2), np.float32) * 5
            ),
        ),
        note="words below",
    ),
    "curve": Curve(x=X, y=np.maximum(X, 0), slope=(X > 0).astype(np.float32)),
    "cube": Cube(mask=np.eye(3, 8, dtype=np.uint8)[..., None].repeat(16, 2), at=(0, 7, 0)),
    "unrolled": Unrolled(inputs=WAVES, gates={"forget": np.abs(WAVES), "hidden": WAVES}),
}


@pytest.fixture(autouse=True)
def light_again(qapp):
    yield
    theme().change(mode="light", scale=1.0)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("width", [180, 290, 700])
@pytest.mark.parametrize("kind", PICTURES)
def test_something_is_drawn_and_stays_inside(kind: str, width: int, mode: str, qapp) -> None:
    theme().change(mode=mode)
    picture = PICTURES[kind]
    tall = cards.height_for(picture, width)
    assert 20 < tall < 700
    image = QImage(width + 40, int(tall) + 40, QImage.Format.Format_RGB32)
    image.fill(theme().colours.panel)
    blank = image.copy()
    painter = QPainter(image)
    cards.paint(painter, QRectF(20, 20, width, tall), picture)
    painter.end()
    assert image != blank
    margin = [image.pixel(x, y) for x in range(image.width()) for y in range(4)]
    margin += [image.pixel(x, image.height() - 1 - y) for x in range(image.width()) for y in range(4)]
    assert set(margin) == {blank.pixel(0, 0)}, "it is drawn over its upper or lower edge"


def test_the_widget_is_as_tall_as_its_picture(qtbot) -> None:
    widget = CardPicture()
    qtbot.addWidget(widget)
    widget.set_picture(PICTURES["panels"])
    assert widget.heightForWidth(200) > widget.heightForWidth(800)
    widget.set_picture(None, "not yet")
    assert widget.accessibleDescription() == "not yet"
    widget.set_picture(None)
    assert widget.isHidden()


def test_one_command_writes_a_sheet_of_cards(tmp_path: Path, capsys) -> None:
    file = tmp_path / "cards.png"
    assert run(["cards", "relu", "conv2d", "batch_norm", "lstm", "se", "-o", str(file)]) == 0
    assert QImage(str(file)).width() > 1000
    assert run(["cards", "nobody", "-o", str(file)]) == 2
    assert "no block" in capsys.readouterr().err
    assert run(["cards", "relu", "-o", str(tmp_path / "missing" / "cards.png")]) == 1
