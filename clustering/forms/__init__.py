"""Forms: what people type, checked before it reaches an act."""
