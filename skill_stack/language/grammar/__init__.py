"""Grammar: nouns, amounts, verbs and what refers to what in the words of one scene."""
