"""What-and-where networks: from demonstrations of pick and place to a heat map over the view from above, by words."""
