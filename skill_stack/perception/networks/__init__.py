"""Networks that a user brings: found out by what their files say of themselves, or refused with the reason."""
