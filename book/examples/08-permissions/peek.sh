aws lambda get-function-configuration --function-name invoices \
  --query Environment.Variables
