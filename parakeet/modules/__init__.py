"""Generic layers, each with its shapes and its source."""
