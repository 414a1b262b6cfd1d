"""The canvas: a design drawn as nodes and wires, and the gestures that change it."""
