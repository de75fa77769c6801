"""Grammar: nouns, amounts, verbs and reference, for the words of one scene."""
