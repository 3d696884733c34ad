#!/bin/sh
# An external extension in shell, as in AWS's examples.
set -eu
name=$(basename "$0")
api="http://$AWS_LAMBDA_RUNTIME_API/2020-01-01/extension"
id=$(curl -sS -D - -o /dev/null -X POST "$api/register" -H "Lambda-Extension-Name: $name" \
    -d '{"events": ["INVOKE", "SHUTDOWN"]}' | tr -d '\r' | sed -n 's/^Lambda-Extension-Identifier: //p')
while true; do
    event=$(curl -sS "$api/event/next" -H "Lambda-Extension-Identifier: $id")
    echo "[$name] $event"
    case "$event" in *SHUTDOWN*) exit 0 ;; esac
done
