"""Functions on tensors, without a Parameter and without state."""
