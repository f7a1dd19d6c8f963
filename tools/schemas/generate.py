#!/usr/bin/env python3
"""Makes `src/schema/shapes.jsonl` and `src/schema/shape_kinds.tsv`: what the API server accepts.

In: Kubernetes' OpenAPI by minor version and the CRDs of well-known charts, as Go modules and repositories have them;
`sources.tsv` says which. Out: one line a shape. Shapes that are the same are one line, so that nine versions of Kubernetes take little more
than one. Texts for people are left out.

    pip install pyyaml
    python3 tools/schemas/generate.py CACHE

CACHE is a directory for what is downloaded (by `go mod download` and `git clone`); each file is taken once.
"""

import csv
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "..", "..", "src", "schema")

# What is kept of a schema as it is; texts for people and formats are not.
KEPT = [
    "type", "nullable", "enum", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
    "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "uniqueItems", "required",
    "x-kubernetes-int-or-string", "x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource",
    "x-kubernetes-list-type", "x-kubernetes-list-map-keys",
]
# Definitions of Kubernetes that are written in more ways than their type says, or as anything.
SPECIAL = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": {"format": "quantity", "nullable": True},
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": {"x-kubernetes-int-or-string": True, "nullable": True},
    "io.k8s.apimachinery.pkg.runtime.RawExtension": {},
    "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1": {},
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON": {},
}
META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"


class Loader(yaml.CSafeLoader):
    """YAML in which a lone `=` is a text, as it is for Go."""


Loader.add_constructor("tag:yaml.org,2002:value", yaml.CSafeLoader.construct_yaml_str)


class Shapes:
    """Shapes by what they say; each has the number of its line."""

    def __init__(self):
        self.numbers = {}

    def add(self, shape):
        text = json.dumps(shape, separators=(",", ":"), sort_keys=True, ensure_ascii=True)
        return self.numbers.setdefault(text, len(self.numbers))


class Kubernetes:
    """The definitions of one OpenAPI document (version 2)."""

    def __init__(self, shapes, document, enums):
        self.shapes = shapes
        self.definitions = document["definitions"]
        self.known = {}
        for (definition, name), values in enums.items():
            schema = self.definitions.get(definition, {}).get("properties", {}).get(name, {})
            of = schema.get("items", schema)
            if of.get("type") == "string":
                of["enum"] = values

    def definition(self, name):
        if name not in self.known:
            special = SPECIAL.get(name)
            # What holds itself is anything below.
            self.known[name] = self.shapes.add(special or {})
            if special is None:
                self.known[name] = self.schema(self.definitions[name])
        return self.known[name]

    def schema(self, schema):
        if "$ref" in schema:
            return self.definition(schema["$ref"].rsplit("/", 1)[1])
        shape = stripped(schema, self.schema)
        if schema.get("format") == "byte":
            shape["format"] = "byte"
        # Kubernetes takes null for nothing in all of its own kinds.
        shape["nullable"] = True
        return self.shapes.add(shape)

    def kinds(self):
        for name, schema in sorted(self.definitions.items()):
            of = schema.get("x-kubernetes-group-version-kind", [])
            properties = schema.get("properties", {})
            if len(of) != 1 or "kind" not in properties or of[0]["kind"].endswith("List"):
                continue
            if properties.get("metadata", {}).get("$ref", "").endswith(META):
                yield api_version(of[0]["group"], of[0]["version"]), of[0]["kind"], self.definition(name)


def enums_of(generated):
    """The enums of Kubernetes' own kinds: the published OpenAPI leaves them out, the Go file that it is made from does not."""
    enums, definition, name = {}, None, None
    for line in generated.split("\n"):
        if found := re.match(r"func schema_k8sio_api_(\w+?)_(v\d\w*?)_(\w+)\(", line):
            definition = "io.k8s.api." + ".".join(found.groups())
        elif line.startswith("func "):
            definition = None
        elif found := re.match(r'\t{5}"([^"]+)": \{$', line):
            name = found.group(1)
        elif definition and (found := re.match(r"\s+Enum: +\[\]interface\{\}\{(.*)\},$", line)):
            enums[definition, name] = json.loads(f"[{found.group(1)}]")
    return enums


def stripped(schema, inner):
    """A schema without what is not kept; those inside of it by their numbers."""
    shape = {name: schema[name] for name in KEPT if schema.get(name) not in (None, [], False, "atomic", "granular")}
    if "enum" in shape:
        shape["enum"] = [it for nth, it in enumerate(shape["enum"]) if it not in shape["enum"][:nth]]
    if "properties" in schema:
        shape["properties"] = {name: inner(it) for name, it in sorted(schema["properties"].items())}
    for name in ["items", "additionalProperties", "not"]:
        if isinstance(schema.get(name), dict):
            shape[name] = inner(schema[name])
    if schema.get("additionalProperties") is True:
        shape["additionalProperties"] = True
    for name in ["allOf", "anyOf", "oneOf"]:
        if schema.get(name):
            shape[name] = [inner(it) for it in schema[name]]
    return shape


def api_version(group, version):
    return f"{group}/{version}" if group else version


def custom(shapes, schema):
    """A schema of a CustomResourceDefinition."""
    shape = stripped(schema, lambda it: custom(shapes, it))
    if schema.get("default") is not None:
        shape["default"] = schema["default"]
    rules = schema.get("x-kubernetes-validations", [])
    if rules:
        shape["x-kubernetes-validations"] = [{name: it[name] for name in ("rule", "message") if name in it} for it in rules]
    return shapes.add(shape)


def download(cache, module, version, pattern):
    """The files of a Go module, or of a repository at a tag, that match patterns, in order of name."""
    kept = os.path.join(cache, f"{module}@{version}".replace("/", "+"))
    if not os.path.isdir(kept):
        with tempfile.TemporaryDirectory() as scratch:
            if module.startswith("github:"):
                directory = scratch
                url = f"https://github.com/{module.removeprefix('github:')}"
                subprocess.run(["git", "clone", "-q", "--depth", "1", "--branch", version, url, scratch], check=True)
            else:
                told = subprocess.run(["go", "mod", "download", "-json", f"{module}@{version}"], cwd=scratch,
                                      capture_output=True, text=True, check=True)
                directory = json.loads(told.stdout)["Dir"]
            for path in (it for one in pattern.split(" ") for it in glob.glob(os.path.join(directory, one), recursive=True)):
                to = os.path.join(kept, os.path.relpath(path, directory))
                os.makedirs(os.path.dirname(to), exist_ok=True)
                shutil.copyfile(path, to)
    return sorted(it for it in glob.glob(os.path.join(kept, "**"), recursive=True) if os.path.isfile(it))


def main(cache):
    shapes = Shapes()
    rows = []
    with open(os.path.join(HERE, "sources.tsv"), newline="") as file:
        sources = [it for it in csv.reader(file, delimiter="\t") if it and not it[0].startswith("#")]
    by_minor = {}
    for of, chart_version, module, version, pattern in sources:
        if of == "kubernetes":
            document, generated = download(cache, module, version, pattern)
            with open(document) as document, open(generated) as generated:
                kubernetes = Kubernetes(shapes, json.load(document), enums_of(generated.read()))
            for api, kind, number in kubernetes.kinds():
                by_minor.setdefault((api, kind), []).append((chart_version, number))
            continue
        found = 0
        for path in download(cache, module, version, pattern):
            with open(path) as file:
                text = file.read()
            # What a chart's template says beside the CRD.
            text = "\n".join(it for it in text.split("\n") if not it.lstrip().startswith("{{"))
            for crd in yaml.load_all(text, Loader=Loader):
                if not crd or crd.get("kind") != "CustomResourceDefinition":
                    continue
                spec = crd["spec"]
                for it in spec.get("versions") or []:
                    if not it.get("served") or "schema" not in it:
                        continue
                    number = custom(shapes, it["schema"]["openAPIV3Schema"])
                    api = api_version(spec["group"], it["name"])
                    found += 1
                    for chart in of.split(" "):
                        rows.append((chart, chart_version, spec["scope"].lower(), api, spec["names"]["kind"], number))
        if not found:
            sys.exit(f"{module}@{version} has no CRD at {pattern}")
    for (api, kind), numbers in sorted(by_minor.items()):
        first, last, shape = None, None, None
        for minor, number in numbers + [(None, None)]:
            if number != shape:
                if shape is not None:
                    rows.append(("kubernetes", first, last, api, kind, shape))
                first, shape = minor, number
            last = minor
    with open(os.path.join(OUT, "shapes.jsonl"), "w") as file:
        file.writelines(f"{it}\n" for it in shapes.numbers)
    with open(os.path.join(OUT, "shape_kinds.tsv"), "w") as file:
        file.write("# Made by tools/schemas/generate.py; the facts are those of the modules in tools/schemas/sources.tsv.\n")
        file.write("# kubernetes, or a chart\tfirst minor, or the chart's version\tlast minor, or scope\tapiVersion\tkind\tline of shapes.jsonl, from 0\n")
        file.writelines("\t".join(map(str, it)) + "\n" for it in rows)


main(sys.argv[1])
