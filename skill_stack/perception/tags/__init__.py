"""Square markers, and localization by them."""
