"""One request to several robots: who does what, and how the shares are carried out together."""
