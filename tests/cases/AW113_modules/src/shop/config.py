import json

from .files import read


def load_config():
    return parse("config.json")


def parse(path):
    return json.loads(read(path))


class Config:
    def __getitem__(self, key):
        return load_config()[key]
