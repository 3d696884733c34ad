"""The checks of lab 05 look at what is left in /tmp and at which files a function sees, and tell wrong ways from one another."""

import io
import json
import zipfile

import boto3
import pytest

from coldstart.lab import checking, package, readonly

NAME = "coldstart-05-"
VPC_ACCESS = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
TRUST = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
}
CHECKS = checking.load("05-storage")
HEAD = "import shutil, tempfile\nfrom pathlib import Path\n\ndef make_preview(slide, unpack, shrink):\n"
LEAKS = (
    HEAD
    + "    path = Path(tempfile.gettempdir(), slide['name'])\n    unpack(slide, path)\n    return shrink(slide, path)\n"
)
ON_SUCCESS = (
    HEAD
    + "    path = Path(tempfile.gettempdir(), slide['name'])\n    unpack(slide, path)\n"
    + "    made = shrink(slide, path)\n    path.unlink()\n    return made\n"
)
SWALLOWS = (
    HEAD
    + "    path = Path(tempfile.gettempdir(), slide['name'])\n    unpack(slide, path)\n"
    + "    try:\n        return shrink(slide, path)\n    except ValueError:\n        pass\n    finally:\n        path.unlink()\n"
)
FINALLY = SWALLOWS.replace("    except ValueError:\n        pass\n", "")
SILENT = FINALLY.replace("return shrink", "shrink")


class Museum:
    """The lab's functions, made as a learner may make them."""

    def __init__(self):
        self.functions, self.efs, self.ec2 = (boto3.client(name) for name in ("lambda", "efs", "ec2"))
        iam = boto3.client("iam")
        role = iam.create_role(RoleName=f"{NAME}role", AssumeRolePolicyDocument=json.dumps(TRUST))
        self.role = role["Role"]["Arn"]
        iam.attach_role_policy(RoleName=f"{NAME}role", PolicyArn=VPC_ACCESS)

    def make(self, name, code, handler, **settings):
        self.functions.create_function(
            FunctionName=f"{NAME}{name}",
            Runtime="python3.13",
            Handler=handler,
            Role=self.role,
            Code={"ZipFile": code},
            Timeout=60,
            MemorySize=1769,
            **settings,
        )
        self.functions.get_waiter("function_active_v2").wait(
            FunctionName=f"{NAME}{name}", WaiterConfig={"Delay": 0.1, "MaxAttempts": 600}
        )

    def preview(self, work, **settings):
        archive = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(package("05-storage", "preview"))) as given,
            zipfile.ZipFile(archive, "w") as made,
        ):
            for info in given.infolist():
                made.writestr(info, work if info.filename == "work.py" else given.read(info))
        self.make("preview", archive.getvalue(), "preview.handler", **settings)

    def network(self, targets=2):
        vpc = self.ec2.create_vpc(CidrBlock="10.50.0.0/16")["Vpc"]["VpcId"]
        region = self.ec2.meta.region_name
        self.subnets = [
            self.ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.50.{n}.0/24", AvailabilityZone=f"{region}{zone}")[
                "Subnet"
            ]["SubnetId"]
            for n, zone in enumerate("ab")
        ]
        self.group = self.ec2.create_security_group(GroupName=f"{NAME}functions", Description="d", VpcId=vpc)["GroupId"]
        self.system = self.efs.create_file_system(CreationToken=f"{NAME}archive")["FileSystemId"]
        for subnet in self.subnets[:targets]:
            self.efs.create_mount_target(FileSystemId=self.system, SubnetId=subnet)

    def door(self, path, user, **root):
        owner = {"OwnerUid": user, "OwnerGid": user, "Permissions": "750"}
        made = self.efs.create_access_point(
            FileSystemId=self.system,
            PosixUser={"Uid": root.pop("as_user", user), "Gid": user},
            RootDirectory={"Path": path} | ({} if path == "/" or root.get("bare") else {"CreationInfo": owner}),
        )
        return made["AccessPointArn"]

    def archive(self, name, path, door=None, *, looks=None, subnets=None):
        mounted = {
            "VpcConfig": {"SubnetIds": subnets or self.subnets, "SecurityGroupIds": [self.group]},
            "FileSystemConfigs": [{"Arn": door, "LocalMountPath": path}],
        }
        self.make(
            name,
            package("05-storage", "archive.py"),
            "archive.handler",
            Environment={"Variables": {"ARCHIVE": looks or path}},
            **(mounted if door else {}),
        )

    def drop(self, name):
        self.functions.delete_function(FunctionName=f"{NAME}{name}")


@pytest.fixture
def museum(here):
    return Museum()


def _found(name):
    return checking.look(CHECKS[name], readonly.session(NAME)).message


@pytest.mark.parametrize(
    ("work", "said"),
    [
        (FINALLY, ""),
        (LEAKS, "stay in `/tmp` after a slide of 64 MB"),
        (ON_SUCCESS, "not removed when `shrink` fails"),
        (SWALLOWS, "no error any more"),
        (SILENT, "return what `shrink` returns"),
    ],
    ids=["finally", "leaks", "only on success", "swallows", "returns nothing"],
)
def test_tidiness_is_judged_by_what_is_left_and_answered(museum, work, said):
    museum.preview(work)
    found = _found("tidy")
    assert found == "" if not said else said in found


@pytest.mark.parametrize(
    ("size", "said"), [(512, "the panorama takes"), (2048, "is enough"), (700, "")], ids=["small", "large", "right"]
)
def test_room_is_neither_too_small_nor_wasted(museum, size, said):
    museum.preview(FINALLY, EphemeralStorage={"Size": size})
    found = _found("room")
    assert found == "" if not said else said in found


def test_the_mount_is_judged_by_door_path_and_zones(museum):
    museum.network(targets=1)
    museum.archive("intake", "/mnt/archive")
    assert "mounts no file system yet" in _found("mounted")
    cards = museum.door("/cards", 1000)
    for wrong, said in (
        ({"path": "/mnt/cards", "door": cards}, "it is to be /mnt/archive"),
        ({"path": "/mnt/archive", "door": cards, "looks": "/mnt/cards"}, "the variable ARCHIVE says /mnt/cards"),
        ({"path": "/mnt/archive", "door": cards}, "has one mount target"),
    ):
        museum.drop("intake")
        museum.archive("intake", subnets=museum.subnets[:1], **wrong)
        assert said in _found("mounted")
    museum.efs.create_mount_target(FileSystemId=museum.system, SubnetId=museum.subnets[1])
    assert "in one subnet only" in _found("mounted")
    museum.drop("intake")
    museum.archive("intake", "/mnt/archive", cards)
    assert _found("mounted") == ""


def test_sharing_allows_a_second_door_to_the_same_directory(museum):
    museum.network()
    museum.archive("intake", "/mnt/archive", museum.door("/cards", 1000))
    assert "no function `search`" in _found("shared")
    museum.archive("search", "/mnt/slides", museum.door("/slides", 1000))
    assert "mounts the directory /slides" in _found("shared")
    museum.drop("search")
    museum.archive("search", "/mnt/slides", museum.door("/cards", 1000))
    assert _found("shared") == ""


def test_a_door_of_ones_own_shows_no_cards_and_can_be_used(museum):
    museum.network()
    cards = museum.door("/cards", 1000)
    museum.archive("intake", "/mnt/archive", cards)
    for door, said in (
        (cards, "through a door to /cards"),
        (museum.door("/", 0), "leads to the directory /"),
        (museum.door("/guests", 2000, bare=True), "have `CreationInfo`"),
        (museum.door("/guests", 2000), ""),
    ):
        museum.archive("guest", "/mnt/guests", door)
        found = _found("own-door")
        assert found == "" if not said else said in found
        museum.drop("guest")
