group=$(aws elbv2 create-target-group --name search --target-type lambda \
  --query 'TargetGroups[0].TargetGroupArn' --output text)
alias=$(aws lambda get-alias --function-name search --name live \
  --query AliasArn --output text)

aws lambda add-permission --function-name search --qualifier live \
  --statement-id shop --action lambda:InvokeFunction \
  --principal elasticloadbalancing.amazonaws.com \
  --source-arn "$group" --source-account 000000000000
aws elbv2 register-targets --target-group-arn "$group" \
  --targets "Id=$alias"
