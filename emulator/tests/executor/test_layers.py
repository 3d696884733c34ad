from __future__ import annotations

from deployed import archive

READ = (
    "from pathlib import Path\nimport tool\ndef handler(e, c):\n    return [Path('/opt/note').read_text(), tool.NAME]\n"
)


def publish(client, name, files):
    published = client.publish_layer_version(LayerName=name, Content={"ZipFile": archive(files)})
    return published["LayerVersionArn"]


def test_layers_are_merged_into_opt_in_order_and_python_finds_them(deploy, server):
    client = server.client("lambda")
    first = publish(client, "first", {"note": "first", "python/tool.py": "NAME = 'first'"})
    second = publish(client, "second", {"note": "second"})
    function = deploy(code=archive({"probe.py": READ}), Layers=[first, second])
    assert function.invoke().value == ["second", "first"]


def test_a_deleted_layer_version_goes_on_serving_the_functions_that_use_it(deploy, server):
    client = server.client("lambda")
    arn = publish(client, "passing", {"note": "kept", "python/tool.py": "NAME = 'kept'"})
    function = deploy(code=archive({"probe.py": READ}), Layers=[arn])
    client.delete_layer_version(LayerName="passing", VersionNumber=int(arn.rpartition(":")[2]))
    assert function.invoke().value == ["kept", "kept"]


def test_layers_may_be_taken_away_again(deploy, server):
    arn = publish(server.client("lambda"), "short", {"python/tool.py": "NAME = 'x'", "note": "x"})
    function = deploy(code=archive({"probe.py": READ}), Layers=[arn])
    assert function.invoke().error is None
    function.configure(Layers=[])
    assert function.invoke().value["errorType"] == "Runtime.ImportModuleError"
