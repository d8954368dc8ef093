"""What is started: processes and their wiring."""
