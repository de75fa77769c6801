"""Types and small protocols shared by every layer. This package imports none of its siblings."""
