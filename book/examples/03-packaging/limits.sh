aws lambda get-account-settings --output text \
  --query 'AccountLimit.[CodeSizeZipped, CodeSizeUnzipped]'
