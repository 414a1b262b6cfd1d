"""Designs written out: as readable PyTorch source (which is also what runs), and as weights."""
