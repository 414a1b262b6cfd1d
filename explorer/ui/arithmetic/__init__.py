"""The arithmetic panel: one value of a layer, written out with this input's numbers."""
