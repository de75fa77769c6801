"""Words: the lexicon, inflection, spelling, and tokens."""
