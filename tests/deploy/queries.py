#!/usr/bin/env python3
"""Writes what the dashboard and the autoscalers ask Prometheus as a file of rules, which promtool can check.

    tests/deploy/queries.py >FILE
"""

import json
import pathlib
import sys

import yaml

DEPLOY = pathlib.Path(__file__).resolve().parents[2] / "deploy"
# What Grafana puts in the place of its variables.
GRAFANA = {"$__rate_interval": "5m", "$__range": "6h", "$job": "asyncwarden", "$instance": ".*"}
# What prometheus-adapter puts in the place of its own.
ADAPTER = {"<<.Series>>": "asyncwarden_queue_oldest_seconds", "<<.LabelMatchers>>": 'namespace="a"', "<<.GroupBy>>": "namespace"}


def filled(query, values):
    for name, value in values.items():
        query = query.replace(name, value)
    return query


def queries():
    dashboard = json.loads((DEPLOY / "grafana/asyncwarden.json").read_text())
    panels = dashboard["panels"]
    if len({panel["id"] for panel in panels}) < len(panels):
        sys.exit("two panels of the dashboard have one id")
    places = set()
    for panel in panels:
        place = panel["gridPos"]
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                if (x, y) in places or x >= 24:
                    sys.exit(f"the panel {panel['title']} lies on another one, or outside")
                places.add((x, y))
        for target in panel.get("targets", []):
            yield filled(target["expr"], GRAFANA)
    for annotation in dashboard["annotations"]["list"]:
        yield filled(annotation["expr"], GRAFANA)
    components = DEPLOY / "kubernetes/components"
    scaled = yaml.safe_load((components / "autoscaling-keda/scaled-object.yaml").read_text())
    for trigger in scaled["spec"]["triggers"]:
        yield trigger["metadata"]["query"]
    values = yaml.safe_load((components / "autoscaling-hpa/prometheus-adapter-values.yaml").read_text())
    for rule in values["rules"]["external"]:
        yield rule["seriesQuery"]
        yield filled(rule["metricsQuery"], ADAPTER)


rules = [{"record": f"query:{number}", "expr": query} for number, query in enumerate(queries())]
yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}, sys.stdout)
