"""The server: LocalStack's runtime in host mode, started, watched and stopped as one thing."""
