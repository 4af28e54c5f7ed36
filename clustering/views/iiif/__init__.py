"""Images of pages, and IIIF for viewers on other sites."""
