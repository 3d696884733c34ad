"""X-Ray: the segments of functions, the daemon that takes those of their code, and what can be asked about traces."""
