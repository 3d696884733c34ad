#!/bin/bash
# A runtime of its own, with nothing but bash: an image of this file and bash is a function.
host=${AWS_LAMBDA_RUNTIME_API%:*} port=${AWS_LAMBDA_RUNTIME_API#*:}
shopt -s nullglob
while :; do
  exec 3<>"/dev/tcp/$host/$port"
  printf 'GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: runtime\r\nConnection: close\r\n\r\n' >&3
  length=0
  while IFS= read -r line <&3 && line=${line%$'\r'} && [ -n "$line" ]; do
    name=${line%%:*} value=${line#*: }
    case ${name,,} in
      lambda-runtime-aws-request-id) id=$value ;;
      content-length) length=$value ;;
    esac
  done
  event=
  [ "$length" -gt 0 ] && IFS= read -r -N "$length" event <&3
  exec 3>&-
  [ -w / ] && root=true || root=false
  : >/tmp/mine && tmp=true || tmp=false
  programs=(/usr/bin/* /var/task/*) mounts=(/mnt/*)
  body="{\"event\": $event, \"arguments\": \"$*\", \"uid\": $UID, \"cwd\": \"$PWD\", \"root\": $root, \"tmp\": $tmp, \"file\": \"$(</etc/greeting)\", \"programs\": ${#programs[@]}, \"mounts\": \"${mounts[*]}\"}"
  exec 3<>"/dev/tcp/$host/$port"
  printf 'POST /2018-06-01/runtime/invocation/%s/response HTTP/1.1\r\nHost: runtime\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s' "$id" "${#body}" "$body" >&3
  read -r line <&3
  exec 3>&-
done
