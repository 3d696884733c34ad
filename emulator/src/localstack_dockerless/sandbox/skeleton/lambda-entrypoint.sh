#!/bin/sh
# Where the base images of Lambda start; here the runtime is started directly, so this only runs what it is given.
exec "$@"
