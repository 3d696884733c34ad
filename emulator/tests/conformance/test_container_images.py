"""Container images

One test a rule, with the page of AWS it stands on.
"""

from __future__ import annotations

import json
import urllib.request

import pytest
from botocore.exceptions import ClientError
from containers import ACCOUNT, PYTHON, Functions, bare, build
from deployed import HANDLERS, ROLE, eventually, package
from localstack_dockerless.images import oci
from spies import SPY

IMAGES = "https://docs.aws.amazon.com/lambda/latest/dg/images-create.html"
SETTINGS = "https://docs.aws.amazon.com/lambda/latest/dg/images-parms.html"
PYTHON_IMAGES = "https://docs.aws.amazon.com/lambda/latest/dg/python-image.html"
CREATE = "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html"
UPDATE = "https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html"
CODE = "https://docs.aws.amazon.com/lambda/latest/api/API_FunctionCodeLocation.html"
EXTENSIONS = "https://docs.aws.amazon.com/lambda/latest/dg/extensions-configuration.html"
LAYERS = "https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html"
VARIABLES = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html"
DOCKERFILE = f'{PYTHON}ENV GREETING=hello\nCOPY image.py version ${{LAMBDA_TASK_ROOT}}\nCMD ["image.handler"]\n'
LAYER = f"arn:aws:lambda:us-east-1:{ACCOUNT}:layer:any:1"
HOST = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com"


@pytest.fixture(scope="module", autouse=True)
def sandboxed_server(server):
    with urllib.request.urlopen(f"{server.endpoint}/_dockerless/info") as answer:
        if json.load(answer)["capabilities"]["isolation"] == "plain process":
            pytest.skip("bubblewrap does not work here")


@pytest.fixture(scope="module")
def layouts(tmp_path_factory):
    """Two images of one function, which differ by a file."""
    code = (HANDLERS / "image.py").read_text()
    return [
        build(tmp_path_factory.mktemp(f"image{number}"), DOCKERFILE, image__py=code, version=str(number))
        for number in (1, 2)
    ]


@pytest.fixture(scope="module")
def own_files(tmp_path_factory):
    """An image that begins with nothing."""
    return bare(tmp_path_factory.mktemp("bare"), 'WORKDIR /etc\nENTRYPOINT ["/boot"]\nCMD ["one", "two"]\n')


@pytest.fixture(scope="module")
def workshop(server):
    """Making clients takes longer than most tests."""
    return Functions(server)


@pytest.fixture
def functions(workshop):
    yield workshop
    workshop.clean()


@pytest.fixture
def refused(functions):
    """Expects a refusal of CreateFunction."""

    def refuse(words, code="InvalidParameterValueException", **options):
        options = {"PackageType": "Image", "Role": ROLE, **options}
        with pytest.raises(ClientError) as error:
            functions.client.create_function(FunctionName="image-refused", **options)
        assert error.value.response["Error"]["Code"] == code
        assert words in error.value.response["Error"]["Message"]

    return refuse


@pytest.mark.rule(PYTHON_IMAGES)
def test_an_image_on_a_base_of_aws_runs_the_handler_that_its_command_names(functions, layouts):
    function = functions.create(functions.pushed(layouts[0])).settled()
    assert function.configuration()["PackageType"] == "Image"
    found = function.invoke({"number": 1}).value
    assert (found["event"], found["handler"], found["directory"]) == ({"number": 1}, "image.handler", "/var/task")


@pytest.mark.rule(IMAGES)
def test_the_file_system_is_read_only_but_for_tmp_and_the_user_has_no_rights(functions, layouts):
    found = functions.create(functions.pushed(layouts[0])).settled().invoke().value
    assert found["writable"] == ["/tmp"]
    assert found["user"] == 993


@pytest.mark.rule(IMAGES)
def test_an_image_with_a_runtime_of_its_own_has_its_own_files_and_no_others(functions, own_files):
    function = functions.create(functions.pushed(own_files)).settled()
    assert function.invoke({"a": 1}).value == {
        "event": {"a": 1},
        "arguments": "one two",
        "uid": 993,
        "cwd": "/etc",
        "root": False,
        "tmp": True,
        "file": "hello",
        "programs": 0,
        "mounts": "",
    }
    assert function.invoke({"a": 2}).value["event"] == {"a": 2}


@pytest.mark.rule(VARIABLES)
def test_an_images_variables_are_there_and_the_functions_own_win(functions, layouts):
    uri = functions.pushed(layouts[0])
    function = functions.create(uri).settled()
    assert function.invoke().value["greeting"] == "hello"
    function.configure(Environment={"Variables": {"GREETING": "good day"}})
    assert function.invoke().value["greeting"] == "good day"


@pytest.mark.rule(CODE)
def test_a_tag_is_resolved_to_a_digest(functions, layouts):
    uri = functions.pushed(layouts[0])
    function = functions.create(uri).settled()
    code = functions.client.get_function(FunctionName=function.name)["Code"]
    digest = json.loads((layouts[0] / "index.json").read_bytes())["manifests"][0]["digest"]
    assert code == {
        "RepositoryType": "ECR",
        "ImageUri": uri,
        "ResolvedImageUri": f"{uri.rpartition(':')[0]}@{digest}",
    }
    assert function.configuration()["CodeSha256"] == digest.removeprefix("sha256:")


@pytest.mark.rule(CODE)
def test_an_image_can_be_named_by_its_digest(functions, layouts):
    repository = functions.repository()
    uri = f"{HOST}/{repository}@{functions.registry.push(repository, layouts[0], 'v1')}"
    function = functions.create(uri).settled()
    assert functions.client.get_function(FunctionName=function.name)["Code"]["ResolvedImageUri"] == uri
    assert function.invoke().value["version"] == "1"


@pytest.mark.rule(UPDATE)
def test_a_tag_that_moves_does_not_move_the_function_until_its_code_is_updated(functions, layouts):
    repository = functions.repository()
    functions.registry.push(repository, layouts[0], "latest")
    uri = f"{HOST}/{repository}:latest"
    function = functions.create(uri).settled()
    functions.registry.push(repository, layouts[1], "latest")
    function.configure(Description="restarts the environments")
    assert function.invoke().value["version"] == "1"
    functions.client.update_function_code(FunctionName=function.name, ImageUri=uri)
    function.settled()
    assert function.invoke().value["version"] == "2"


@pytest.mark.rule("https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html")
def test_a_published_version_keeps_its_image(functions, layouts):
    repository = functions.repository()
    functions.registry.push(repository, layouts[0], "one")
    functions.registry.push(repository, layouts[1], "two")
    function = functions.create(f"{HOST}/{repository}:one").settled()
    version = function.publish()
    functions.client.update_function_code(FunctionName=function.name, ImageUri=f"{HOST}/{repository}:two")
    function.settled()
    assert function.invoke().value["version"] == "2"
    assert function.invoke(Qualifier=version).value["version"] == "1"


@pytest.mark.rule(SETTINGS)
def test_image_config_overrides_what_the_image_says(functions, layouts):
    config = {"Command": ["image.another"], "WorkingDirectory": "/tmp"}
    function = functions.create(functions.pushed(layouts[0]), ImageConfig=config).settled()
    assert function.configuration()["ImageConfigResponse"] == {"ImageConfig": config}
    assert function.invoke().value == "another"
    function.configure(ImageConfig={"Command": ["image.handler"], "WorkingDirectory": "/tmp"})
    found = function.invoke().value
    assert (found["handler"], found["directory"]) == ("image.handler", "/tmp")


@pytest.mark.rule(SETTINGS)
def test_an_entry_point_of_the_function_replaces_that_of_the_image(functions, own_files):
    config = {"EntryPoint": ["/bin/bash", "/boot"], "Command": ["three"], "WorkingDirectory": "/"}
    found = functions.create(functions.pushed(own_files), ImageConfig=config).settled().invoke().value
    assert (found["arguments"], found["cwd"]) == ("three", "/")


@pytest.mark.rule(SETTINGS)
@pytest.mark.parametrize(
    ("config", "kind", "words"),
    [
        ({"EntryPoint": ["/missing"]}, "InvalidEntrypoint", "fork/exec /missing: no such file or directory"),
        ({"EntryPoint": ["/etc/greeting"]}, "InvalidEntrypoint", "fork/exec /etc/greeting: permission denied"),
        ({"WorkingDirectory": "/missing"}, "InvalidWorkingDir", "chdir /missing: no such file or directory"),
    ],
)
def test_what_cannot_be_started_is_invalid(functions, own_files, config, kind, words):
    function = functions.create(functions.pushed(own_files), ImageConfig=config).settled()
    answer = function.invoke()
    assert answer.error == "Unhandled"
    assert answer.value["errorType"] == f"Runtime.{kind}"
    assert answer.value["errorMessage"].endswith(f"Error: {words}")


@pytest.mark.rule(LAYERS)
@pytest.mark.parametrize("options", [{"Handler": "image.handler"}, {"Runtime": "python3.13"}, {"Layers": [LAYER]}])
def test_handler_runtime_and_layers_are_not_for_images(refused, options):
    words = "Please don't provide Handler or Runtime or Layer when the intended function PackageType is Image."
    refused(words, Code={"ImageUri": f"{HOST}/any:v1"}, **options)


@pytest.mark.rule(LAYERS)
def test_layers_cannot_be_added_later(functions, layouts):
    function = functions.create(functions.pushed(layouts[0])).settled()
    with pytest.raises(
        ClientError, match="Lambda layers are not supported for functions created with container images"
    ):
        functions.client.update_function_configuration(FunctionName=function.name, Layers=[LAYER])


@pytest.mark.rule(EXTENSIONS)
def test_extensions_in_an_image_start_from_opt(functions, tmp_path):
    dockerfile = f'{PYTHON}COPY image.py .\nCOPY spy.py /opt/extensions/\nCMD ["image.handler"]\n'
    (tmp_path / "spy.py").touch(0o755)
    layout = build(tmp_path, dockerfile, image__py=(HANDLERS / "image.py").read_text(), spy__py=SPY)
    function = functions.create(functions.pushed(layout), Environment={"Variables": {"SPY": "{}"}}).settled()
    assert "EXTENSION\tName: spy.py\tState: Ready\tEvents: [INVOKE, SHUTDOWN]" in function.invoke().lines


@pytest.mark.rule(IMAGES)
@pytest.mark.parametrize(
    ("uri", "words"),
    [
        (f"{HOST}/missing:v1", "does not exist. Provide a valid source image."),
        (f"{HOST}/missing@sha256:{'0' * 64}", "does not exist. Provide a valid source image."),
        (f"{HOST}/without-a-tag", "is not valid. Provide a valid source image."),
        ("public.ecr.aws/lambda/python:3.13", "is not valid. Provide a valid source image."),
        (HOST.replace("us-east-1", "eu-west-1") + "/elsewhere:v1", "is not valid. Provide a valid source image."),
    ],
)
def test_the_image_has_to_be_in_a_private_repository_of_the_region(refused, uri, words):
    refused(f"Source image {uri} {words}", Code={"ImageUri": uri})


@pytest.mark.rule(IMAGES)
def test_a_list_of_images_is_not_supported(functions, refused, layouts):
    repository = functions.repository()
    digest = functions.registry.push(repository, layouts[0], "one")
    index = oci.encoded({"schemaVersion": 2, "mediaType": oci.INDEX, "manifests": [{"digest": digest}]})
    done = functions.registry.ask("PUT", f"/v2/{repository}/manifests/all", index, Content_Type=oci.INDEX)
    assert done.status == 201
    uri = f"{HOST}/{repository}:all"
    words = f"The image manifest, config or layer media type for the source image {uri} is not supported."
    refused(words, Code={"ImageUri": uri})


@pytest.mark.rule(IMAGES)
def test_the_package_type_of_a_function_does_not_change(functions, deploy, layouts):
    function = functions.create(functions.pushed(layouts[0])).settled()
    with pytest.raises(ClientError, match="Please provide ImageUri when updating a function with packageType Image"):
        function.deploy(package("image.py"))
    with pytest.raises(
        ClientError, match="Please don't provide ImageUri when updating a function with packageType Zip"
    ):
        functions.client.update_function_code(FunctionName=deploy("image.py").name, ImageUri=f"{HOST}/any:v1")


@pytest.mark.rule(CREATE)
def test_package_type_and_code_have_to_fit(functions, refused):
    uri = f"{HOST}/any:v1"
    refused("Please provide ImageUri when", Code={"ZipFile": package("image.py")})
    zipped = {"PackageType": "Zip", "Runtime": "python3.13", "Handler": "image.handler"}
    refused("Please don't provide ImageUri when", Code={"ImageUri": uri}, **zipped)
    config = {"ImageConfig": {"Command": ["image.handler"]}}
    refused("Please don't provide ImageConfig when", Code={"ZipFile": package("image.py")}, **zipped, **config)


@pytest.mark.rule("https://docs.aws.amazon.com/lambda/latest/dg/images-create.html#images-lifecycle")
def test_a_function_goes_on_when_its_image_is_deleted_and_cannot_be_made_again(functions, layouts):
    uri = functions.pushed(layouts[0])
    name = uri.partition("/")[2].rpartition(":")[0]
    function = functions.create(uri).settled()
    functions.ecr.batch_delete_image(repositoryName=name, imageIds=[{"imageTag": "v1"}])
    assert function.invoke().value["version"] == "1"
    with pytest.raises(ClientError, match=r"does not exist\. Provide a valid source image"):
        functions.client.update_function_code(FunctionName=function.name, ImageUri=uri)


@pytest.mark.rule("https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-deployment.html")
def test_a_damaged_image_makes_the_function_fail(functions, layouts):
    repository = functions.repository()
    layer, config = b"no archive", oci.encoded({"rootfs": {"type": "layers", "diff_ids": [oci.digest(b"another")]}})
    manifest = oci.encoded(
        {
            "schemaVersion": 2,
            "mediaType": oci.MANIFEST,
            "config": oci.descriptor(oci.CONFIG, config),
            "layers": [oci.descriptor(oci.LAYER, layer)],
        }
    )
    for blob in (layer, config):
        assert functions.registry.upload(repository, blob).status == 201
    put = functions.registry.ask("PUT", f"/v2/{repository}/manifests/v1", manifest, Content_Type=oci.MANIFEST)
    assert put.status == 201
    function = functions.create(f"{HOST}/{repository}:v1")
    failed = eventually(lambda: (found := function.configuration())["State"] == "Failed" and found)
    assert failed["StateReasonCode"] == "InvalidImage"
    assert f"UnsupportedImageLayerDetected - Layer Digest {oci.digest(layer)}" in failed["StateReason"]
