"""How people work together: teams and assignments, comments, notifications, who is where, and shared filters."""
