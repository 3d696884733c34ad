"""Images of labs: built and pushed with the emulator's own tools, and with Docker where there is another target."""

import json
import sys
from dataclasses import replace
from urllib.request import urlopen

import boto3
import pytest

from coldstart.errors import CourseError
from coldstart.lab import face, images

SLUG = "03-packaging"
NAME = "image-tests"
DOCKER = """\
#!{python}
import json, sys
with open({log!r}, "a") as log:
    log.write(json.dumps([sys.argv[1:], sys.stdin.read() if "--password-stdin" in sys.argv else ""]) + "\\n")
if "{fails}" in sys.argv:
    sys.exit("first line\\nno space left on device")
print({{"run": "container-1", "port": "{address}\\n[::1]:1"}}.get(sys.argv[1], ""))
"""


@pytest.fixture
def begun(here):
    face.begin(SLUG)


@pytest.fixture
def repository(begun):
    ecr = boto3.client("ecr")
    yield ecr.create_repository(repositoryName=NAME)["repository"]["repositoryUri"]
    ecr.delete_repository(repositoryName=NAME, force=True)


@pytest.fixture
def docker(begun, tmp_path, monkeypatch):
    """A target that is not the emulator, and a `docker` that writes down what it is asked for."""
    monkeypatch.setattr(face._lab(), "target", replace(face._lab().target, kind="aws"))
    monkeypatch.setenv("PATH", str(tmp_path))
    log = tmp_path / "log"

    def install(fails="nothing", address="127.0.0.1:1"):
        program = tmp_path / "docker"
        program.write_text(DOCKER.format(python=sys.executable, log=str(log), fails=fails, address=address))
        program.chmod(0o755)
        return lambda: [json.loads(line) for line in log.read_text().splitlines()]

    return install


def _tags():
    found = boto3.client("ecr").describe_images(repositoryName=NAME)["imageDetails"]
    return {tag: image["imageDigest"] for image in found for tag in image.get("imageTags", [])}


def test_an_image_is_built_and_pushed_without_docker(repository, monkeypatch):
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    face.image(SLUG, "Dockerfile", f"{repository}:one")
    face.image(SLUG, "Dockerfile.2027", f"{repository}:two")
    tags = _tags()
    assert set(tags) == {"one", "two"}
    assert tags["one"] != tags["two"]


def test_the_same_image_may_be_pushed_again_and_a_tag_may_move(repository):
    for _ in range(2):
        face.image(SLUG, "Dockerfile", f"{repository}:current")
    first = _tags()["current"]
    face.image(SLUG, "Dockerfile.2027", f"{repository}:current")
    assert _tags()["current"] != first


def test_a_layer_is_sent_in_parts_as_large_as_the_registry_wants(repository, monkeypatch):
    sent = []

    class Registry:
        """Takes three bytes at a time."""

        def batch_check_layer_availability(self, **_):
            return {"layers": [{"layerAvailability": "UNAVAILABLE"}]}

        def initiate_layer_upload(self, **_):
            return {"uploadId": "upload", "partSize": 3}

        def upload_layer_part(self, **part):
            sent.append((part["partFirstByte"], part["partLastByte"], part["layerPartBlob"]))

        def complete_layer_upload(self, **whole):
            sent.append(whole["layerDigests"])

    images._upload_layer(Registry(), NAME, b"abcdefgh", "sha256:digest")
    assert sent == [(0, 2, b"abc"), (3, 5, b"def"), (6, 7, b"gh"), ["sha256:digest"]]


def test_an_image_answers_here_until_the_block_ends(begun):
    with face.locally(SLUG, "Dockerfile") as url, urlopen(url, b'{"kg": 3}') as answer:
        assert json.load(answer)["price"] == 10
    with pytest.raises(OSError, match="refused"):
        urlopen(url, b"{}")


def test_a_learners_own_files_are_built(begun, tmp_path, monkeypatch):
    mine = tmp_path / "functions" / SLUG
    mine.mkdir(parents=True)
    (mine / "app.py").write_text("def handler(event, context): return 'mine'\n")
    (mine / "Dockerfile").write_text('FROM public.ecr.aws/lambda/python:3.13\nCOPY app.py ./\nCMD ["app.handler"]\n')
    monkeypatch.chdir(tmp_path)
    with face.locally(SLUG, "Dockerfile") as url, urlopen(url, b"{}") as answer:
        assert json.load(answer) == "mine"


def test_a_dockerfile_with_an_error_is_told_in_the_builders_words(begun, tmp_path, monkeypatch):
    mine = tmp_path / "functions" / SLUG
    mine.mkdir(parents=True)
    (mine / "Dockerfile").write_text("FROM public.ecr.aws/lambda/python:3.13\nCOPY nothing.py ./\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CourseError, match=r"Dockerfile, line 2: 'nothing\.py' is not in"):
        face.image(SLUG, "Dockerfile", "registry/any:tag")
    with pytest.raises(CourseError, match=r"Dockerfile, line 2: "), face.locally(SLUG, "Dockerfile"):
        pass


def test_an_image_that_cannot_run_here_is_told_in_the_runners_words(begun, monkeypatch):
    monkeypatch.setenv("DOCKERLESS_SANDBOX", "plain")
    with pytest.raises(CourseError, match="An image needs bubblewrap to run"), face.locally(SLUG, "Dockerfile"):
        pass


def test_elsewhere_docker_builds_logs_in_and_pushes(docker):
    asked = docker()
    face.image(SLUG, "Dockerfile", "111122223333.dkr.ecr.eu-west-1.amazonaws.com/parcels:v1")
    (build, _), (login, password), (push, _) = asked()
    assert build[:2] == ["buildx", "build"]
    assert {"--provenance=false", "--load"} <= set(build)
    assert build[build.index("--platform") + 1] == "linux/amd64"
    assert build[build.index("--file") + 1] == f"{build[-1]}/Dockerfile"
    assert login == ["login", "--username", "AWS", "--password-stdin", "111122223333.dkr.ecr.eu-west-1.amazonaws.com"]
    assert password
    assert password not in json.dumps(login)
    assert push == ["push", "111122223333.dkr.ecr.eu-west-1.amazonaws.com/parcels:v1"]


def test_elsewhere_docker_runs_an_image_and_takes_it_away(docker, monkeypatch):
    asked = docker(address="127.0.0.1:9")
    monkeypatch.setattr(images, "_answering", lambda url: url)
    with face.locally(SLUG, "Dockerfile") as url:
        assert url == "http://127.0.0.1:9/2015-03-31/functions/function/invocations"
    words = [each for each, _ in asked()]
    assert [each[0] for each in words] == ["buildx", "run", "port", "rm"]
    assert "127.0.0.1::8080" in words[1]
    assert words[3] == ["rm", "--force", "container-1"]


def test_a_container_is_taken_away_also_when_nothing_answers_in_it(docker, monkeypatch):
    asked = docker(address="127.0.0.1:1")
    monkeypatch.setattr(images, "RETRIES", 0)
    with pytest.raises(CourseError, match="the container does not answer"), face.locally(SLUG, "Dockerfile"):
        pass
    assert asked()[-1][0] == ["rm", "--force", "container-1"]


def test_what_docker_says_last_is_told(docker):
    docker(fails="push")
    with pytest.raises(CourseError, match=r"^no space left on device$"):
        face.image(SLUG, "Dockerfile", "registry/any:tag")


def test_without_docker_the_sentence_says_what_is_missing(docker):
    with pytest.raises(CourseError, match="with Docker, which is not installed"):
        face.image(SLUG, "Dockerfile", "registry/any:tag")
