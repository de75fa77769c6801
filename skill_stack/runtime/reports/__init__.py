"""Reports of a run: black box, plot, summary, trace."""
