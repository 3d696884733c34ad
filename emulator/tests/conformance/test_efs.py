"""File systems of EFS below /mnt

One test a rule, with the page of AWS it stands on.
"""

from __future__ import annotations

import json
import urllib.request

import pytest
from botocore.exceptions import ClientError
from deployed import ROLE, package
from networks import network
from shares import share

LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-filesystem-efs.html"
CONFIG = "https://docs.aws.amazon.com/lambda/latest/api/API_FileSystemConfig.html"
CREATE = "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html"
INVOKE = "https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html"
POINTS = "https://docs.aws.amazon.com/efs/latest/ug/efs-access-points.html"
ROOT = "https://docs.aws.amazon.com/efs/latest/ug/enforce-root-directory-access-point.html"
USER = "https://docs.aws.amazon.com/efs/latest/ug/enforce-identity-access-points.html"
TARGETS = "https://docs.aws.amazon.com/efs/latest/ug/API_CreateMountTarget.html"
DELETE = "https://docs.aws.amazon.com/efs/latest/ug/API_DeleteFileSystem.html"
NOT_WRITABLE = ("OSError", "PermissionError")


@pytest.fixture
def client(server):
    return server.client("lambda")


@pytest.fixture(scope="module")
def ec2(server):
    """Making a client for EC2 takes longer than most tests."""
    return server.client("ec2")


@pytest.fixture(scope="module")
def efs(server):
    return server.client("efs")


@pytest.fixture(scope="module")
def net(ec2):
    return network(ec2)


@pytest.fixture
def shared(efs, net):
    return share(efs, net)


@pytest.fixture
def sandboxed_server(server):
    """Without bubblewrap nothing keeps a function from writing."""
    with urllib.request.urlopen(f"{server.endpoint}/_dockerless/info") as answer:
        if json.load(answer)["capabilities"]["isolation"] == "plain process":
            pytest.skip("bubblewrap does not work here")


@pytest.fixture
def mounted(deploy, shared):
    """Deploys functions that mount an access point."""

    def make(config, **options):
        return deploy("shares.py", VpcConfig=shared.net.config, FileSystemConfigs=[config], **options)

    return make


def refused(client, code, words, **options):
    options = {"Runtime": "python3.13", "Role": ROLE, "Handler": "shares.handler", **options}
    with pytest.raises(ClientError) as error:
        client.create_function(FunctionName="efs-refused", Code={"ZipFile": package("shares.py")}, **options)
    assert error.value.response["Error"]["Code"] == code
    assert words in error.value.response["Error"]["Message"]


@pytest.mark.rule(CONFIG)
def test_the_setting_is_kept_and_shown(mounted, shared):
    config = shared.access_point()
    function = mounted(config)
    assert function.configuration()["FileSystemConfigs"] == [config]
    function.configure(Description="changed")
    assert function.configuration()["FileSystemConfigs"] == [config]
    function.configure(FileSystemConfigs=[])
    assert "FileSystemConfigs" not in function.configuration()


@pytest.mark.rule(LAMBDA)
def test_functions_share_files(mounted, shared):
    config = shared.access_point()
    one, other = mounted(config), mounted(config | {"LocalMountPath": "/mnt/elsewhere"})
    one.invoke({"at": "/mnt/data", "write": "note", "text": "from one"})
    assert other.invoke({"at": "/mnt/elsewhere", "read": "note"}).value == "from one"
    other.invoke({"at": "/mnt/elsewhere", "write": "answer"})
    assert one.invoke({"at": "/mnt/data"}).value == ["answer", "note"]


@pytest.mark.rule(LAMBDA)
def test_files_outlive_environments_and_are_seen_by_published_versions(mounted, shared):
    function = mounted(shared.access_point())
    version = function.publish()
    function.invoke({"at": "/mnt/data", "write": "kept", "text": "still here"})
    function.configure(Description="a new environment")
    assert function.invoke({"at": "/mnt/data", "read": "kept"}).value == "still here"
    function.configure(FileSystemConfigs=[])
    assert function.invoke({"at": "/mnt/data"}).error
    assert function.invoke({"at": "/mnt/data"}, Qualifier=version).value == ["kept"]


@pytest.mark.rule(LAMBDA)
def test_tmp_stays_private(mounted, shared):
    config = shared.access_point()
    one, other = mounted(config), mounted(config)
    one.invoke({"at": "/tmp", "write": "secret"})
    assert other.invoke({"at": "/tmp"}).value == []


@pytest.mark.rule(POINTS)
def test_another_access_point_shows_another_directory(mounted, shared):
    one, other = mounted(shared.access_point("/one")), mounted(shared.access_point("/other"))
    one.invoke({"at": "/mnt/data", "write": "mine"})
    assert other.invoke({"at": "/mnt/data"}).value == []


@pytest.mark.rule(POINTS)
def test_an_access_point_to_the_top_shows_the_directories_of_the_others(mounted, shared):
    root = {"Uid": 0, "Gid": 0}
    mounted(shared.access_point("/team/one")).invoke({"at": "/mnt/data", "write": "mine"})
    top = mounted(shared.access_point("/", PosixUser=root))
    assert top.invoke({"at": "/mnt/data"}).value == ["team"]
    assert top.invoke({"at": "/mnt/data/team/one"}).value == ["mine"]


@pytest.mark.rule(ROOT)
def test_a_root_directory_that_is_missing_is_made_only_with_creation_info(mounted, shared):
    function = mounted(shared.access_point(RootDirectory={"Path": "/missing"}))
    with pytest.raises(function.client.exceptions.EFSMountFailureException):
        function.invoke({"at": "/mnt/data"})
    maker = mounted(shared.access_point("/missing"))
    maker.invoke({"at": "/mnt/data", "write": "made"})
    assert function.invoke({"at": "/mnt/data"}).value == ["made"]


@pytest.mark.rule(USER)
@pytest.mark.parametrize(
    ("user", "permissions", "writable"),
    [
        ({"Uid": 1000, "Gid": 1000}, "755", True),
        ({"Uid": 2000, "Gid": 1000}, "775", True),
        ({"Uid": 2000, "Gid": 2000, "SecondaryGids": [1000]}, "775", True),
        ({"Uid": 2000, "Gid": 1000}, "755", False),
        ({"Uid": 2000, "Gid": 2000}, "775", False),
        ({"Uid": 0, "Gid": 0}, "755", True),
        (None, "777", True),
        (None, "755", False),
    ],
    ids=str,
)
def test_the_user_of_the_access_point_decides_who_may_write(
    sandboxed_server, mounted, shared, user, permissions, writable
):
    function = mounted(shared.access_point(permissions=permissions, PosixUser=user))
    answer = function.invoke({"at": "/mnt/data", "write": "try"})
    assert bool(answer.error) is not writable
    assert writable or answer.value["errorType"] in NOT_WRITABLE


@pytest.mark.rule(USER)
def test_the_top_of_a_file_system_belongs_to_root(sandboxed_server, mounted, shared):
    assert mounted(shared.access_point("/")).invoke({"at": "/mnt/data", "write": "try"}).error
    root = {"Uid": 0, "Gid": 0}
    assert not mounted(shared.access_point("/", PosixUser=root)).invoke({"at": "/mnt/data", "write": "try"}).error


@pytest.mark.rule(LAMBDA)
def test_a_function_without_a_vpc_is_refused(client, shared):
    config = shared.access_point()
    words = f"Function must be configured to execute in a VPC to reference access point {config['Arn']}."
    refused(client, "InvalidParameterValueException", words, FileSystemConfigs=[config])


@pytest.mark.rule(LAMBDA)
def test_the_vpc_cannot_be_left_while_a_file_system_is_mounted(client, mounted, shared):
    function = mounted(shared.access_point())
    detached = {"SubnetIds": [], "SecurityGroupIds": []}
    with pytest.raises(ClientError, match="Function VPC configuration cannot be removed with access point"):
        client.update_function_configuration(FunctionName=function.name, VpcConfig=detached)
    function.configure(VpcConfig=detached, FileSystemConfigs=[])
    assert "FileSystemConfigs" not in function.configuration()


@pytest.mark.rule(LAMBDA)
def test_each_zone_of_the_function_needs_a_mount_target(client, efs, net):
    lacking = share(efs, net, targets=1)
    words = "does not have mount targets created in all availability zones the function will execute in"
    config = {"VpcConfig": lacking.net.config, "FileSystemConfigs": [lacking.access_point()]}
    refused(client, "InvalidParameterValueException", words, **config)


@pytest.mark.rule(LAMBDA)
def test_the_mount_targets_are_in_the_function_s_vpc(client, ec2, shared):
    elsewhere = network(ec2)
    config = {"VpcConfig": elsewhere.config, "FileSystemConfigs": [shared.access_point()]}
    refused(client, "InvalidParameterValueException", "does not have mount targets", **config)


@pytest.mark.rule(CONFIG)
def test_the_access_point_must_exist(client, shared):
    arn = shared.access_point()["Arn"].rpartition("-")[0] + "-" + "0" * 17
    config = {"Arn": arn, "LocalMountPath": "/mnt/data"}
    options = {"VpcConfig": shared.net.config, "FileSystemConfigs": [config]}
    refused(client, "InvalidParameterValueException", arn, **options)


@pytest.mark.rule(CONFIG)
@pytest.mark.parametrize("path", ["/data", "/mnt", "/mnt/", "/mnt/a/b", "/tmp/x", "/mnt/..", "/mnt/."])
def test_the_path_is_below_mnt(client, shared, path):
    config = shared.access_point() | {"LocalMountPath": path}
    options = {"VpcConfig": shared.net.config, "FileSystemConfigs": [config]}
    refused(client, "ValidationException", "localMountPath", **options)


@pytest.mark.rule(CREATE)
def test_a_function_mounts_one_file_system(client, shared):
    options = {"VpcConfig": shared.net.config, "FileSystemConfigs": [shared.access_point()] * 2}
    refused(client, "ValidationException", "fileSystemConfigs", **options)


@pytest.mark.rule(INVOKE)
def test_an_access_point_that_is_gone_fails_the_invocation(mounted, shared):
    function = mounted(shared.access_point())
    (point,) = shared.efs.describe_access_points(FileSystemId=shared.identifier)["AccessPoints"]
    shared.efs.delete_access_point(AccessPointId=point["AccessPointId"])
    with pytest.raises(function.client.exceptions.EFSMountFailureException, match=point["AccessPointArn"]):
        function.invoke({"at": "/mnt/data"})


@pytest.mark.rule(INVOKE)
def test_a_mount_target_that_is_gone_fails_the_invocation(mounted, shared):
    function = mounted(shared.access_point())
    for target in shared.targets():
        shared.efs.delete_mount_target(MountTargetId=target["MountTargetId"])
    with pytest.raises(function.client.exceptions.EFSMountConnectivityException):
        function.invoke({"at": "/mnt/data"})


@pytest.mark.rule(TARGETS)
def test_there_is_one_mount_target_in_a_zone_and_one_vpc(ec2, shared):
    for subnet in (shared.net.subnets[0], network(ec2, subnets=1).subnets[0]):
        with pytest.raises(shared.efs.exceptions.MountTargetConflict):
            shared.efs.create_mount_target(FileSystemId=shared.identifier, SubnetId=subnet)


@pytest.mark.rule(DELETE)
def test_a_file_system_with_mount_targets_is_in_use(shared):
    with pytest.raises(shared.efs.exceptions.FileSystemInUse):
        shared.efs.delete_file_system(FileSystemId=shared.identifier)
    for target in shared.targets():
        shared.efs.delete_mount_target(MountTargetId=target["MountTargetId"])
    shared.efs.delete_file_system(FileSystemId=shared.identifier)
    with pytest.raises(shared.efs.exceptions.FileSystemNotFound):
        shared.efs.describe_file_systems(FileSystemId=shared.identifier)
