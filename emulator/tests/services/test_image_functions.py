"""Functions from images: what stands in for AWS's base images does what those do, and images have what other functions have."""

from __future__ import annotations

import json
import urllib.request

import pytest
from botocore.exceptions import ClientError
from containers import ACCOUNT, PYTHON, Functions, bare, build
from deployed import HANDLERS, eventually
from localstack_dockerless.images import oci
from networks import network
from shares import share

CODE = (HANDLERS / "image.py").read_text()
BASH = (HANDLERS / "image.bash").read_bytes()


@pytest.fixture(scope="module")
def capabilities(server):
    with urllib.request.urlopen(f"{server.endpoint}/_dockerless/info") as answer:
        found = json.load(answer)["capabilities"]
    if found["isolation"] == "plain process":
        pytest.skip("bubblewrap does not work here")
    return found


@pytest.fixture(scope="module")
def workshop(server, capabilities):
    return Functions(server)


@pytest.fixture
def functions(workshop):
    yield workshop
    workshop.clean()


@pytest.fixture
def made(functions, tmp_path):
    """Makes a function from a Dockerfile and files."""

    def make(dockerfile, config=None, executable=(), **files):
        tmp_path.mkdir(exist_ok=True)
        for name in executable:
            (tmp_path / name).touch(0o755)
        options = {"ImageConfig": config} if config else {}
        return functions.create(functions.pushed(build(tmp_path, dockerfile, **files)), **options).settled()

    return make


def test_the_entry_point_of_the_base_wants_a_handler(made):
    log = made(f"{PYTHON}COPY image.py .\n", image__py=CODE).invoke().log
    assert "entrypoint requires the handler name to be the first argument" in log


def test_the_client_of_the_runtime_can_be_started_by_its_name(made):
    text = f'{PYTHON}COPY image.py .\nENTRYPOINT ["/var/lang/bin/python3.13", "-m", "awslambdaric"]\nCMD ["image.another"]\n'
    assert made(text, image__py=CODE).invoke().value == "another"


def test_a_wrapper_starts_the_runtime(made):
    text = f'{PYTHON}COPY image.py wrap ./\nENV AWS_LAMBDA_EXEC_WRAPPER=/var/task/wrap\nCMD ["image.handler"]\n'
    wrapper = '#!/bin/sh\nexport GREETING=wrapped\nexec "$@"\n'
    assert made(text, executable=["wrap"], image__py=CODE, wrap=wrapper).invoke().value["greeting"] == "wrapped"


def test_an_os_only_base_runs_the_bootstrap_of_the_image(made):
    text = (
        "FROM public.ecr.aws/lambda/provided:al2023\n"
        'COPY boot ${LAMBDA_RUNTIME_DIR}/bootstrap\nCOPY greeting /etc/greeting\nCMD [ "any.handler" ]\n'
    )
    found = made(text, executable=["boot"], boot=BASH, greeting="hello").invoke().value
    assert (found["file"], found["cwd"], found["uid"], found["root"]) == ("hello", "/var/task", 993, False)


def test_a_base_for_node_runs_the_handler(made, capabilities):
    if not capabilities["node"]:
        pytest.skip("there is no Node.js on this machine")
    text = 'FROM public.ecr.aws/lambda/nodejs:22\nCOPY index.mjs ${LAMBDA_TASK_ROOT}\nCMD ["index.handler"]\n'
    assert (
        made(text, index__mjs="export const handler = async (event) => event.number + 1;").invoke({"number": 1}).value
        == 2
    )


def test_a_file_system_is_mounted_in_an_image_of_its_own_files(server, functions, tmp_path):
    net = network(server.client("ec2"))
    shared = share(server.client("efs"), net).access_point()
    layout = bare(tmp_path, 'ENTRYPOINT ["/boot"]\n')
    options = {"VpcConfig": net.config, "FileSystemConfigs": [shared]}
    assert functions.create(functions.pushed(layout), **options).settled().invoke().value["mounts"] == "/mnt/data"


def test_a_function_can_have_several_environments_and_two_functions_one_image(functions, tmp_path):
    layout = build(tmp_path, f'{PYTHON}COPY image.py .\nCMD ["image.another"]\n', image__py=CODE)
    uri = functions.pushed(layout)
    first, second = functions.create(uri).settled(), functions.create(uri).settled()
    functions.client.delete_function(FunctionName=first.name)
    functions.made.remove(first)
    assert [second.invoke().value, second.configure(Description="anew").invoke().value] == ["another", "another"]


@pytest.mark.parametrize(
    "config", [{"WorkingDirectory": "/\0--bind\0/\0/host"}, {"Command": ["a\0b"]}, {"EntryPoint": ["\0"]}]
)
def test_nothing_can_be_said_to_the_sandbox_by_a_null_character(functions, config):
    """Its options are separated by them."""
    uri = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/any:v1"
    with pytest.raises(ClientError, match="ImageConfig must not contain null characters"):
        functions.create(uri, ImageConfig=config)


WHOLE = b'{"config": %%s, "rootfs": {"diff_ids": ["%s"]}}' % oci.digest(b"layer").encode()


@pytest.mark.parametrize(
    "config",
    [
        *(b"[]", b'{"config": {"WorkingDir": "/\\u0000--bind"}}', b'{"config": 5}', b'{"rootfs": 1}', b"x"),
        *(b"[" * 100_000, WHOLE % b'{"Cmd": ["\\ud800"]}', WHOLE % b"{}" + b" " * (5 << 20)),
        (WHOLE % b"{}").decode().encode("utf-16"),
    ],
    ids=lambda config: repr(config[:30]),
)
def test_a_configuration_that_is_none_makes_the_function_fail(functions, config):
    repository = functions.repository()
    parts = {"config": oci.descriptor(oci.CONFIG, config), "layers": [oci.descriptor(oci.LAYER, b"layer")]}
    for blob in (config, b"layer"):
        functions.registry.upload(repository, blob)
    manifest = oci.encoded({"schemaVersion": 2, "mediaType": oci.MANIFEST, **parts})
    assert (
        functions.registry.ask("PUT", f"/v2/{repository}/manifests/v1", manifest, Content_Type=oci.MANIFEST).status
        == 201
    )
    function = functions.create(f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/{repository}:v1")
    failed = eventually(lambda: (found := function.configuration())["State"] == "Failed" and found)
    assert failed["StateReasonCode"] == "InvalidImage"
    assert "The image's configuration" in failed["StateReason"]


def test_a_layer_of_a_type_that_is_no_text_is_not_supported(functions):
    repository, parts = functions.repository(), (oci.encoded({}), b"layer")
    for blob in parts:
        functions.registry.upload(repository, blob)
    layer = oci.descriptor(oci.LAYER, parts[1]) | {"mediaType": [oci.LAYER]}
    manifest = {"mediaType": oci.MANIFEST, "config": oci.descriptor(oci.CONFIG, parts[0]), "layers": [layer]}
    put = functions.registry.ask(
        "PUT", f"/v2/{repository}/manifests/v1", oci.encoded(manifest), Content_Type=oci.MANIFEST
    )
    assert put.status == 201
    with pytest.raises(ClientError, match=r"layer media type for the source image .* is not supported"):
        functions.create(f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/{repository}:v1")


LIES = {
    # What a program that still has rights would go by, were it to find it.
    "passwd": "993:x:0:0::/:/bin/sh\n",
    "group": "990:x:0:\n",
    "nsswitch.conf": "passwd: evil\n",
    "ld.so.preload": "/evil.so\n",
}
COPIED = "".join(f"COPY {name} /etc/{name}\n" for name in LIES)


def lie(context):
    context.mkdir(exist_ok=True)
    for name, content in LIES.items():
        (context / name).write_text(content)


def test_an_image_on_a_base_does_not_say_who_a_function_is(made, tmp_path):
    lie(tmp_path)
    answer = made(f'{PYTHON}COPY image.py .\n{COPIED}CMD ["image.handler"]\n', image__py=CODE).invoke()
    assert answer.value["user"] == 993
    assert "evil" not in answer.log


def test_an_image_of_its_own_files_does_not_say_it_either(functions, tmp_path):
    lie(tmp_path)
    layout = bare(tmp_path, f'{COPIED}ENTRYPOINT ["/boot"]\n')
    answer = functions.create(functions.pushed(layout)).settled().invoke()
    assert answer.value["uid"] == 993
    assert "evil" not in answer.log
