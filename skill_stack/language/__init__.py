"""From words to clauses: text, lexicon, spelling, grammar and reference, without any knowledge of what is possible."""
