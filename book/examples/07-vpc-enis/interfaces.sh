aws ec2 describe-network-interfaces \
  --filters Name=interface-type,Values=lambda \
  --query 'sort(NetworkInterfaces[].Groups[0].GroupName)'
