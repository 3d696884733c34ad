ec2 = boto3.client("ec2")
rule = {
    "IpProtocol": "tcp",
    "FromPort": 5432,
    "ToPort": 5432,
    "UserIdGroupPairs": [{"GroupId": app}],
}
ec2.authorize_security_group_ingress(GroupId=database, IpPermissions=[rule])
