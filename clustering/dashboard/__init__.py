"""What the dashboard shows: reads that aggregate in the database, and the geometry of its pictures."""
