aws lambda put-function-concurrency --function-name tickets \
  --reserved-concurrent-executions 20
aws lambda get-account-settings \
  --query AccountLimit.UnreservedConcurrentExecutions
