aws lambda add-permission --function-name invoices \
  --statement-id inbox --action lambda:InvokeFunction \
  --principal s3.amazonaws.com \
  --source-arn arn:aws:s3:::acme-inbox --source-account 000000000000 \
  --query Statement --output text
