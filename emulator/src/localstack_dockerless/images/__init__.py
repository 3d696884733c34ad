"""Container images as files: what one is made of, how one is built from a Dockerfile, how one becomes a directory.

Nothing here needs a daemon, a server or rights.

https://github.com/opencontainers/image-spec
"""
