aws lambda invoke --function-name orders --invocation-type DryRun \
  /dev/null
