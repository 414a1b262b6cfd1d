"""Everything about the selected node: fields, card, weights, code."""
