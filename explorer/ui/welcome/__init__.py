"""The first minutes: three steps on a card over the canvas, and what was open before."""
