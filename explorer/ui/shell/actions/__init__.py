"""Commands as rows of a table: menus, shortcuts, tips and the command palette are made from it."""
