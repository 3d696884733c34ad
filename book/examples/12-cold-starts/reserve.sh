aws lambda put-function-concurrency --function-name tickets \
  --reserved-concurrent-executions 60
aws lambda get-account-settings \
  --query AccountLimit.UnreservedConcurrentExecutions
