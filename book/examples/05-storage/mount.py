point = efs.create_access_point(
    FileSystemId=file_system,
    PosixUser={"Uid": 1000, "Gid": 1000},
    RootDirectory={
        "Path": "/invoices",
        "CreationInfo": {
            "OwnerUid": 1000,
            "OwnerGid": 1000,
            "Permissions": "750",
        },
    },
)
functions.update_function_configuration(
    FunctionName="invoices",
    VpcConfig={
        "SubnetIds": [subnet_a, subnet_b],
        "SecurityGroupIds": [app],
    },
    FileSystemConfigs=[
        {
            "Arn": point["AccessPointArn"],
            "LocalMountPath": "/mnt/invoices",
        }
    ],
)
