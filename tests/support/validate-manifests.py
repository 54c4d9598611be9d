"""Holds Kubernetes objects against the schemas of their kinds.

Standard input: {"version": "1.37", "crds": [paths of YAML with CustomResourceDefinitions], "objects": [...]}.
Standard output: a JSON list with one line of text for each problem.
"""
import functools
import json
import sys

import jsonschema
import kubernetes_validate.utils as known
import yaml

# Reading the definitions takes longer than everything else, and they are the same for every object.
known.schema_contents = functools.lru_cache(maxsize=None)(known.schema_contents)


def strict(schema):
    """A server drops fields that it does not know, in silence; here they are problems."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    out = {key: strict(value) if key != 'enum' else value for key, value in schema.items()}
    if schema.get('x-kubernetes-int-or-string'):
        out.pop('type', None)
        out['anyOf'] = [{'type': 'integer'}, {'type': 'string'}]
    keeps = schema.get('x-kubernetes-preserve-unknown-fields') or 'additionalProperties' in schema
    if isinstance(schema.get('properties'), dict) and schema.get('type') == 'object' and not keeps:
        out['additionalProperties'] = False
    if schema.get('nullable') and 'type' in out:
        out['type'] = [out['type'], 'null']
    out.pop('format', None)
    return out


def custom_schemas(paths):
    found = {}
    for path in paths:
        # Charts wrap a definition into a condition of their own.
        text = ''.join(line for line in open(path) if not line.startswith('{{'))
        for definition in yaml.load_all(text, Loader=getattr(yaml, 'CSafeLoader', yaml.SafeLoader)):
            if not definition or definition.get('kind') != 'CustomResourceDefinition':
                continue
            spec = definition['spec']
            for version in spec['versions']:
                schema = strict(version['schema']['openAPIV3Schema'])
                schema.setdefault('properties', {}).update({'apiVersion': {}, 'kind': {}, 'metadata': {}})
                found[(f"{spec['group']}/{version['name']}", spec['names']['kind'])] = schema
    return found


def problem_of(thing, customs, version):
    schema = customs.get((thing['apiVersion'], thing['kind']))
    try:
        if schema is None:
            known.validate(thing, version, strict=True)
        else:
            jsonschema.Draft202012Validator(schema).validate(thing)
    except jsonschema.ValidationError as error:
        return f"{'.'.join(str(step) for step in error.absolute_path)}: {error.message[:300]}"
    except known.SchemaNotFoundError as error:
        return error.message
    return None


def main():
    asked = json.load(sys.stdin)
    customs = custom_schemas(asked['crds'])
    said = []
    for thing in asked['objects']:
        problem = problem_of(thing, customs, asked['version'])
        if problem is not None:
            said.append(f"{thing['kind']} {thing['metadata']['name']}: {problem}")
    json.dump(said, sys.stdout)


main()
