"""Where the nodes of a level stand: rows, branches, U's, and layers for what is none of these."""
