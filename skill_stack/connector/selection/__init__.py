"""Choice among skills for a request, and detection of changes."""
