"""What LocalStack and moto get wrong about file systems, and where the files are."""

from __future__ import annotations

import os

import pytest
from botocore.exceptions import ClientError
from deployed import ROLE, archive, deploy, deployer, package
from networks import network
from shares import share

__all__ = ["deploy"]
MINE, YOURS = "717171717171", "727272727272"
MISSING = {"FileSystemId": "fs-" + "0" * 17, "AccessPointId": "fsap-" + "0" * 17, "MountTargetId": "fsmt-" + "0" * 17}


@pytest.fixture(scope="module")
def net(server):
    return network(server.client("ec2"))


@pytest.fixture(scope="module")
def efs(server):
    return server.client("efs")


@pytest.fixture
def shared(efs, net):
    return share(efs, net)


def test_identifiers_have_the_length_that_lambda_takes(shared):
    """moto's have eight digits, which no ARN in a FileSystemConfig may have."""
    point, target = shared.access_point()["Arn"].rpartition("/")[2], shared.targets()[0]["MountTargetId"]
    for identifier in (point, target, shared.identifier):
        assert len(identifier.partition("-")[2]) == 17


@pytest.mark.parametrize(
    ("operation", "member", "more"),
    [
        ("describe_mount_targets", "AccessPointId", {}),
        ("describe_file_system_policy", "FileSystemId", {}),
        ("delete_access_point", "AccessPointId", {}),
        ("delete_mount_target", "MountTargetId", {}),
        ("create_access_point", "FileSystemId", {"ClientToken": "missing"}),
    ],
)
def test_what_does_not_exist_is_not_found(efs, operation, member, more):
    """moto ended these in a KeyError, or did them."""
    with pytest.raises(ClientError) as error:
        getattr(efs, operation)(**{member: MISSING[member]}, **more)
    assert error.value.response["Error"]["Code"] == f"{member.removesuffix('Id')}NotFound"
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


@pytest.mark.parametrize(
    "path", ["/../../etc", "/.hidden", "/a/../b", "/a/b/c/d/e", "a", "//", "/" + "x" * 100, "/a\n"]
)
def test_a_root_directory_cannot_be_anywhere(shared, path):
    with pytest.raises(ClientError, match="BadRequest"):
        shared.access_point(path)


@pytest.mark.parametrize("permissions", ["888", "rwx", "+77", "7 7"])
def test_permissions_are_octal(shared, permissions):
    with pytest.raises(ClientError, match="BadRequest"):
        shared.access_point(permissions=permissions)


def test_a_creation_is_answered_with_creating(efs, net):
    made = efs.create_file_system(CreationToken="creating")
    assert made["LifeCycleState"] == "creating"
    target = efs.create_mount_target(FileSystemId=made["FileSystemId"], SubnetId=net.subnets[0])
    assert target["LifeCycleState"] == "creating"
    (found,) = efs.describe_mount_targets(FileSystemId=made["FileSystemId"])["MountTargets"]
    assert found["LifeCycleState"] == "available"
    groups = efs.describe_mount_target_security_groups(MountTargetId=target["MountTargetId"])["SecurityGroups"]
    assert len(groups) == 1, "the VPC's default group; moto said null"


def test_a_refused_mount_target_leaves_nothing_behind(efs, net):
    """moto's then stood in the way of the next one, and the file system could never be deleted."""
    identifier = efs.create_file_system(CreationToken="refused")["FileSystemId"]
    place = {"FileSystemId": identifier, "SubnetId": net.subnets[0]}
    used = net.ec2.create_security_group(GroupName="sixth", Description="d", VpcId=net.vpc)["GroupId"]
    for wrong, code in (
        ({"IpAddress": "192.168.1.1"}, "BadRequest"),
        ({"SecurityGroups": [used] * 6}, "SecurityGroupLimitExceeded"),
    ):
        with pytest.raises(ClientError, match=code):
            efs.create_mount_target(**place, **wrong)
    target = efs.create_mount_target(**place, IpAddress="10.7.0.200")["MountTargetId"]
    other = efs.create_file_system(CreationToken="other")["FileSystemId"]
    with pytest.raises(ClientError, match="IpAddressInUse"):
        efs.create_mount_target(FileSystemId=other, SubnetId=net.subnets[0], IpAddress="10.7.0.200")
    efs.delete_file_system(FileSystemId=other)
    efs.delete_mount_target(MountTargetId=target)
    efs.delete_file_system(FileSystemId=identifier)


def test_a_mount_target_s_interface_belongs_to_efs(efs, shared):
    target = shared.targets()[0]
    ec2, identifier = shared.net.ec2, target["NetworkInterfaceId"]
    (interface,) = ec2.describe_network_interfaces(NetworkInterfaceIds=[identifier])["NetworkInterfaces"]
    assert interface["Description"] == f"EFS mount target for {shared.identifier} ({target['MountTargetId']})"
    assert (interface["RequesterManaged"], interface["Status"]) == (True, "in-use")
    with pytest.raises(ClientError, match="currently in use"):
        ec2.delete_network_interface(NetworkInterfaceId=identifier)
    with pytest.raises(ClientError, match="DependencyViolation"):
        ec2.delete_subnet(SubnetId=target["SubnetId"])
    efs.delete_mount_target(MountTargetId=target["MountTargetId"])
    with pytest.raises(ClientError, match=r"InvalidNetworkInterfaceID\.NotFound"):
        ec2.describe_network_interfaces(NetworkInterfaceIds=[identifier])


def test_a_refused_update_changes_nothing(deploy, shared):
    config = shared.access_point()
    function = deploy("shares.py", VpcConfig=shared.net.config, FileSystemConfigs=[config])
    with pytest.raises(ClientError, match="PreconditionFailed"):
        function.client.update_function_configuration(FunctionName=function.name, FileSystemConfigs=[], RevisionId="x")
    assert function.configuration()["FileSystemConfigs"] == [config]


def test_a_version_that_is_published_at_once_mounts_it_too(server, shared):
    config, client = shared.access_point(), server.client("lambda")
    code = {
        "Runtime": "python3.13",
        "Role": ROLE,
        "Handler": "shares.handler",
        "Code": {"ZipFile": package("shares.py")},
    }
    options = {"VpcConfig": shared.net.config, "FileSystemConfigs": [config], "Publish": True}
    client.create_function(FunctionName="efs-published", **code, **options)
    published = client.get_function_configuration(FunctionName="efs-published", Qualifier="1")
    client.delete_function(FunctionName="efs-published")
    assert published["FileSystemConfigs"] == [config]


def test_links_lead_nobody_out_of_a_file_system(deploy, shared):
    """A root directory that a function has made a link of is none."""
    top = shared.access_point("/", PosixUser={"Uid": 0, "Gid": 0})
    links = "import os\ndef handler(event, context):\n    os.symlink('/', '/mnt/data/link')\n"
    maker = deploy("links.py", code=archive({"links.py": links}), VpcConfig=shared.net.config, FileSystemConfigs=[top])
    assert maker.invoke().error is None
    for path in ("/link", "/link/etc"):
        function = deploy("shares.py", VpcConfig=shared.net.config, FileSystemConfigs=[shared.access_point(path)])
        with pytest.raises(ClientError, match="EFSMountFailureException"):
            function.invoke({"at": "/mnt/data"})


def filled(server, account):
    """An account with a file in a file system."""
    made = []
    shared = share(server.client("efs", account), network(server.client("ec2", account)))
    options = {"VpcConfig": shared.net.config, "FileSystemConfigs": [shared.access_point()]}
    function = deployer(server.client("lambda", account), made)("shares.py", **options)
    function.invoke({"at": "/mnt/data", "write": "note"})
    return shared, function


def test_files_are_below_the_data_directory_and_go_with_reset_stop_and_deletion(another_server, runtimes):
    one = another_server()
    one.start()
    notes = {}
    for account in (MINE, YOURS):
        shared, function = filled(one, account)
        notes[account] = one.data / "efs" / account / "us-east-1" / shared.identifier / "shared" / "note"
    assert all(note.exists() for note in notes.values())
    one.command("reset", f"--account={MINE}")
    assert not (one.data / "efs" / MINE).exists()
    assert function.invoke({"at": "/mnt/data"}).value == ["note"]
    for target in shared.targets():
        shared.efs.delete_mount_target(MountTargetId=target["MountTargetId"])
    shared.efs.delete_file_system(FileSystemId=shared.identifier)
    assert not notes[YOURS].exists()
    assert shared.efs.describe_access_points()["AccessPoints"] == []
    again, _ = filled(one, MINE)
    assert (one.data / "efs" / MINE / "us-east-1" / again.identifier).exists()
    one.command("stop")
    assert not (one.data / "efs").exists()


def test_without_bubblewrap_a_function_finds_it_by_its_environment(another_server, runtimes):
    one = another_server()
    one.start(env=os.environ | {"DOCKERLESS_SANDBOX": "plain"})
    shared = share(one.client("efs"), network(one.client("ec2")))
    options = {"VpcConfig": shared.net.config, "FileSystemConfigs": [shared.access_point()]}
    variables = {"Environment": {"Variables": {"SHARED": "/mnt/data"}}}
    make = deployer(one.client("lambda"), [])
    make("shares.py", **options, **variables).invoke({"write": "note"})
    assert make("shares.py", **options, **variables).invoke().value == ["note"]


ABSENT = "fs-0123456789abcdef0"


@pytest.mark.parametrize(
    ("operation", "options", "code"),
    [
        ("create_mount_target", {"SubnetId": "subnet-0123456789abcdef0", "IpAddress": "nonsense"}, "BadRequest"),
        ("put_file_system_policy", {"Policy": "nonsense"}, "InvalidPolicyException"),
        ("put_file_system_policy", {"Policy": "[" * 10_000}, "InvalidPolicyException"),
        ("tag_resource", {"ResourceId": ABSENT, "Tags": [{"Key": "a", "Value": "b"}]}, "FileSystemNotFound"),
        ("list_tags_for_resource", {"ResourceId": ABSENT.replace("fs-", "fsap-")}, "AccessPointNotFound"),
    ],
)
def test_what_moto_takes_or_falls_over_is_the_callers_error(server, operation, options, code):
    efs = server.client("efs")
    made = efs.create_file_system(CreationToken=f"nonsense-{operation}-{len(str(options))}")["FileSystemId"]
    given = options if "ResourceId" in options else {"FileSystemId": made} | options
    with pytest.raises(efs.exceptions.ClientError) as refused:
        getattr(efs, operation)(**given)
    assert refused.value.response["Error"]["Code"] == code
    efs.delete_file_system(FileSystemId=made)
