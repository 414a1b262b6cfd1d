"""Panels: widgets that show records and tell what the user wants; they know no document and no engine."""
