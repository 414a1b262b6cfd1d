"""Blocks to drag onto the canvas."""
