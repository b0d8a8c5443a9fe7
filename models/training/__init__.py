"""Training of Perceiver Lab's own small Perceiver IO models (PyTorch, CPU)."""
