group=$(aws elbv2 describe-target-groups --names search \
  --query 'TargetGroups[0].TargetGroupArn' --output text)
aws elbv2 modify-target-group --target-group-arn "$group" \
  --health-check-enabled --health-check-path /health \
  --health-check-interval-seconds 60
