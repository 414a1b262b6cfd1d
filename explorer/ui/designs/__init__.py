"""Designs as files: open, save, restore, published weights."""
