"""What parakeet's pages of HTML have in common: one style, one table, sounds and pictures inside the page, nothing loaded."""
