group=$(aws elbv2 describe-target-groups --names search \
  --query 'TargetGroups[0].TargetGroupArn' --output text)
aws elbv2 modify-target-group-attributes --target-group-arn "$group" \
  --attributes Key=lambda.multi_value_headers.enabled,Value=true
