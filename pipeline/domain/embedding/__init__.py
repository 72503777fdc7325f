"""What is embedded, and the key under which a vector is cached."""
