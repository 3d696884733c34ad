aws logs put-retention-policy --log-group-name /aws/lambda/payments \
  --retention-in-days 30
