"""The text panel: what may come next in a text, and the network writing it."""
