"""How a level of a design looks on the canvas: what is drawn, where it stands, how it is painted."""
