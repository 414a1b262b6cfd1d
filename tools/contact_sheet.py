"""Networks as the canvas draws them, opened and fitted, many on one sheet to be looked at.

`xvfb-run -a -s "-screen 0 1920x1200x24" python tools/contact_sheet.py OUT.png [-s 1440x900] [-m dark] ID …`;
`ID/NODE` opens a node of it first, `ID+2` unfolds two levels. Without ids: twenty networks of all kinds.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

from hand import pump
from photograph import keep
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from explorer.style.theme import theme
from explorer.ui.app import App
from explorer.ui.canvas import navigation

SETTLED = 700
"""Milliseconds after which the camera rests."""
TWENTY = [
    "lenet5_modern",
    "alexnet",
    "vgg16",
    "googlenet",
    "inception_v4",
    "resnet50",
    "resnet110_cifar",
    "densenet121",
    "xception",
    "mobilenet_v2",
    "se_resnet50",
    "unet_same_bn",
    "deeplabv3_resnet50",
    "maskrcnn_resnet50_fpn",
    "yolo_v3",
    "lstm_rows",
    "seq2seq_bahdanau",
    "transformer_base",
    "vit_b_16",
    "swin_t",
]


def photograph(app: App, word: str) -> QPixmap:
    """Open `network/node/…`, fit it, and grab the window's canvas."""
    path, _, depth = word.partition("+")
    network, *inside = path.split("/")
    app.open(network)
    pump(SETTLED)
    for node in inside:
        app.canvas.context.select([node])
        navigation.enter(app.canvas)
        pump(SETTLED)
    for _ in range(int(depth or 0)):
        navigation.unfold(app.canvas)
        pump(SETTLED)
    navigation.fit_all(app.canvas)
    pump(SETTLED)
    return app.canvas.grab()


def sheet(pictures: list[tuple[str, QPixmap]], columns: int, width: int) -> QPixmap:
    """Put pictures side by side, each under its name."""
    cell = width // columns
    height = max(round(picture.height() * cell / picture.width()) for _, picture in pictures) + 22
    whole = QPixmap(width, height * math.ceil(len(pictures) / columns))
    whole.fill(QColor("white"))
    painter = QPainter(whole)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    for number, (name, picture) in enumerate(pictures):
        x, y = number % columns * cell, number // columns * height
        small = picture.scaled(
            cell - 6, height, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        painter.drawPixmap(x + 3, y + 20, small)
        painter.drawText(QRect(x + 4, y, cell - 8, 20), Qt.AlignmentFlag.AlignVCenter, name)
    painter.end()
    return whole


def main() -> None:
    """Read the command line and draw the sheet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("-s", "--size", default="1440x900")
    parser.add_argument("-m", "--mode", choices=("light", "dark"), default="light")
    parser.add_argument("-c", "--columns", type=int, default=2)
    parser.add_argument("-w", "--width", type=int, default=1800)
    parser.add_argument("--raw", action="store_true", help="as it is, for looking at closely")
    parser.add_argument("ids", nargs="*")
    options = parser.parse_intermixed_args()
    application = QApplication([])
    theme().change(mode=options.mode)
    app = App()
    width, height = map(int, options.size.split("x"))
    app.window.move(0, 0)
    app.window.resize(width, height)
    app.window.show()
    pictures = [(word, photograph(app, word)) for word in options.ids or TWENTY]
    whole = sheet(pictures, options.columns, options.width)
    if options.raw:
        whole.save(str(options.out))
    else:
        keep(whole, options.out)
    app.close()
    application.quit()


if __name__ == "__main__":
    main()
