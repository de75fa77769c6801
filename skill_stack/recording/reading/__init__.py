"""Reading: runs in MCAP files, their control ticks and their episodes."""
