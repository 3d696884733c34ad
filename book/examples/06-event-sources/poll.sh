aws lambda create-event-source-mapping --function-name orders \
  --event-source-arn arn:aws:sqs:us-east-1:000000000000:orders \
  --batch-size 50 --maximum-batching-window-in-seconds 5 \
  --filter-criteria file://filter.json \
  --query EventSourceArn --output text
