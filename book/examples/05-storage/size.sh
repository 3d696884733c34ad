aws lambda update-function-configuration --function-name invoices \
  --ephemeral-storage Size=2048 --query EphemeralStorage
aws lambda wait function-updated-v2 --function-name invoices
