"""The staff area: jobs, people, workers, and processing many collections."""
