"""Questions to the database, one file per area, and the few writes that must be atomic."""
