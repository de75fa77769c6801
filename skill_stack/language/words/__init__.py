"""Words: the lexicon, how words are inflected and spelt, and how text is divided into them."""
