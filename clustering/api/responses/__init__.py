"""What the API tells of each noun, and how it is read from the rows."""
