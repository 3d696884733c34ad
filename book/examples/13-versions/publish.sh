aws lambda publish-version --function-name quotes \
  --description "Spring prices" --query FunctionArn --output text
