"""An archive of adapters over gait and speed, filled by merging adapters and mutating their singular directions."""
