"""parakeet: a text-to-speech toolkit on PaddlePaddle.

Importing it does nothing but name its version; every room is imported when it is needed.
"""

__version__ = "0.1.0"
