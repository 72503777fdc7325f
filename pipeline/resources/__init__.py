"""The things outside: storage, models, workers."""
