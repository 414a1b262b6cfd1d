"""The heat map: nodes of the canvas coloured by what they cost."""
