"""Figures of networks for slides and papers: planned as units, laid out as plain shapes, painted last."""
