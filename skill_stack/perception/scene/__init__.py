"""From looks to a scene: points, segments, solids, tracks, and their memory."""
