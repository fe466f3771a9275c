"""How good a voice is: measures of speech, each a function of arrays, and the report card that `parakeet evaluate` makes of them."""
