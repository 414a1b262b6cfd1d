"""Keys that only a real keyboard shows: signs typed with Shift, the menu key, wheels with more than one axis.

`xvfb-run -a python tools/keyboard_trial.py` writes what each of them did as JSON to standard output.
"""

from __future__ import annotations

import json
import os
import sys

from hand import Hand, on_canvas, pump
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication

from explorer.style.theme import theme
from explorer.ui.app import App


def main() -> None:
    """Press them one after the other."""
    application = QApplication(sys.argv[:1])
    app, hand, found = App(), Hand(), dict[str, object]()
    app.window.move(0, 0)
    app.window.resize(1200, 760)
    app.window.show()
    app.open("lenet5_modern")
    pump(600)
    canvas = app.canvas
    bounds = canvas.scene_.placed.bounds()
    hand.click(on_canvas(canvas, QPointF(bounds.center().x(), bounds.bottom() + 30)))
    for key in ("ctrl+plus", "ctrl+shift+equal", "ctrl+KP_Add"):
        zoom = canvas.zoom
        hand.press(key)
        found[key] = canvas.zoom > zoom and theme().scale == 1.0
        hand.press("ctrl+0")
        pump(500)  # it flies there
    for name, button, keys in (("button 7", 7, ()), ("button 6", 6, ()), ("shift wheel", 5, ("shift",))):
        start = canvas.camera.centre.x()
        at = on_canvas(canvas, canvas.camera.centre)
        held = [word for key in keys for word in ("keydown", key)]
        let = [word for key in keys for word in ("keyup", key)]
        hand.do("mousemove", at.x(), at.y(), *held, "click", button, *let)
        found[name] = round(canvas.camera.centre.x() - start)
    hand.press("question")
    found["?"] = app.keys.sheet is not None and app.keys.sheet.isVisible()
    if app.keys.sheet is not None:
        app.keys.sheet.close()
    app.window.activateWindow()
    canvas.setFocus()
    pump(200)
    canvas.context.select(["conv2"])
    hand.press("Menu")
    found["Menu"] = app.menus.menu.isVisible() and app.menus.menu.accessibleName()
    hand.press("Escape")
    pump(200)
    found["focus after it"] = canvas.hasFocus()
    hand.click(on_canvas(canvas, canvas.scene_.placed.boxes["relu1"].center()), button=3)
    found["right click"] = app.menus.menu.isVisible() and app.menus.menu.accessibleName()
    sys.stdout.write(json.dumps(found))
    sys.stdout.flush()
    app.window.close()
    application.quit()
    os._exit(0)


if __name__ == "__main__":
    main()
