"""What people type, turned into clean values or a message at its field."""
