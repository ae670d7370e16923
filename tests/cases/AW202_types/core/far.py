from typing import TypeVar, Union

Kind = TypeVar("Kind")
Json = Union[str, dict[str, "Json"]]


def walk(json: Json, others: "list[Json]"):
    json.close()
    for other in others:
        other.close()


async def stop(client):
    client.close()  # finding: AW202


class Holder:
    def __init__(self, client, other):
        self.client = client
        self.other = other

    async def stop(self):
        self.client.close()  # finding: AW202
        self.other.close()


def of_kind(cls: type[Kind], name: str) -> type[Kind]:
    return cls


def same(item: Kind) -> Kind:
    return item


def made(cls: "type[Kind]") -> Kind:
    return cls()
