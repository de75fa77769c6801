"""The world as data: scenes, facts, grids, camera frames."""
