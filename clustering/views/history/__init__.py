"""The history, undo and redo, and restoring earlier versions."""
