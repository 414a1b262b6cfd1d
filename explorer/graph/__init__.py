"""The document: nodes and wires as data, edits with inverses, and what can be worked out without torch."""
