"""Chapter 1.1.3 of the lecture: recurrent. One file for each family of blocks."""

CHAPTER = "1.1.3"
TITLE = "Recurrent"
FILES = {
    "cells": "Recurrent layers",
    "stacks": "Stacks",
    "conv_lstm": "ConvLSTM",
    "steps": "Loops of your own",
    "wrappers": "Wrappers",
}
"""Files of this chapter in the order of the palette, with their headings there."""
