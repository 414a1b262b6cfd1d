"""How things look everywhere: tokens, theme, fonts, icons, colour maps; Qt, but no window."""
