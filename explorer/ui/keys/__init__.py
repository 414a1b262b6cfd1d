"""Which key runs which command: presets, the user's own, and the sheet that shows them all."""
