ec2.create_vpc_endpoint(
    VpcId=vpc,
    VpcEndpointType="Gateway",
    ServiceName="com.amazonaws.us-east-1.s3",
    RouteTableIds=[private_routes],
)
