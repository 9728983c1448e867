"""Papers as PDF: content gets a layout, a code to verify it by, and always the same bytes."""
