"""The journal: who did what to what, when; append-only and chained."""
