"""What several experiments share: the one room where models, speech and training meet. Examples import it, parakeet does not."""
