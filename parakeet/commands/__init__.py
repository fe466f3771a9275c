"""The commands of ``parakeet``, one short file each; imported by ``parakeet.cli`` when asked for."""
