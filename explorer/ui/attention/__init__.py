"""Attention of every head of every layer."""
