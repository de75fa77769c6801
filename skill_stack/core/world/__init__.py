"""The world as data: scenes, facts, grids, looks of cameras."""
