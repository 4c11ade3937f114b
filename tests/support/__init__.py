"""What tests stand on: databases, servers, a client that looks at its pages, a browser."""
