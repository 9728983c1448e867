"""What changes what the interface keeps: clients, lodgings, events."""
