"""The gallery: every network of the texts on one page, to be found, compared and opened."""
