"""Questions: model, loader with line numbers, lint, the one bank that every surface reads, terminal and page pieces."""
