#!/usr/bin/env python3
"""Holds the resources of a file that aren't Kubernetes' own to their operators' models: types, and that no key is unknown.

    tests/deploy/resources.py FILE
"""

import sys

import yaml
from cloudcoil.models.keda.v1alpha1 import ScaledObject
from cloudcoil.models.prometheus_operator.v1 import PodMonitor

MODELS = {"ScaledObject": ScaledObject, "PodMonitor": PodMonitor}


def unknown(given, understood, path):
    """The keys that the model left out."""
    if isinstance(given, dict) and isinstance(understood, dict):
        for key, value in given.items():
            if key in understood:
                yield from unknown(value, understood[key], f"{path}.{key}")
            else:
                yield f"{path}.{key}"
    elif isinstance(given, list) and isinstance(understood, list):
        for number, (one, other) in enumerate(zip(given, understood)):
            yield from unknown(one, other, f"{path}[{number}]")


def main():
    with open(sys.argv[1]) as file:
        resources = [resource for resource in yaml.safe_load_all(file) if resource["kind"] in MODELS]
    if not resources:
        sys.exit(f"{sys.argv[1]}: none of {', '.join(MODELS)}")
    for resource in resources:
        model = MODELS[resource["kind"]].model_validate(resource)
        understood = model.model_dump(mode="json", by_alias=True, exclude_unset=True)
        problems = list(unknown(resource, understood, resource["kind"]))
        if problems:
            sys.exit(f"{sys.argv[1]}: there is no {', '.join(problems)}")


if __name__ == "__main__":
    main()
