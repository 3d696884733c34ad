#!/bin/sh
# Compile every requirements/*.in into a hashed *.txt; run it after editing one, or with --upgrade to take newer releases.
set -eu
cd "$(dirname "$0")/.."
lock() { # source, target, oldest Python, further flags
  source=$1 target=$2 python=$3
  shift 3
  uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url \
    --python-version "$python" "$@" "$source" --output-file "$target"
}
lock requirements/uv.in requirements/uv.txt 3.11 "$@"
lock requirements/course.in requirements/course.txt 3.11 --override requirements/overrides.txt "$@"
lock requirements/test.in requirements/test.txt 3.11 --override requirements/overrides.txt --constraint requirements/course.txt "$@"
lock emulator/requirements/server.in emulator/requirements/server.txt 3.12 --override emulator/requirements/overrides.txt "$@"
lock emulator/requirements/test.in emulator/requirements/test.txt 3.12 --override emulator/requirements/overrides.txt --constraint emulator/requirements/server.txt "$@"
lock emulator/requirements/programs.in emulator/requirements/programs.txt 3.12 "$@"
lock emulator/requirements/runtime.in emulator/requirements/runtime.txt 3.10 "$@"
cp emulator/requirements/runtime.txt emulator/src/localstack_dockerless/runtimes/files/runtime.txt # the package brings it
