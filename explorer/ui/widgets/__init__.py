"""Small widgets that every panel shares, one to a file."""
