"""Task-specific models, one folder each; none imports another. The table is in ``README.md``."""
