"""How well and how fast the embedded reader reads our measured set, beside what else could be picked."""
