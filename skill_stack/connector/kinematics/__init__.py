"""Where links are, and which joint positions put them where they shall be."""
