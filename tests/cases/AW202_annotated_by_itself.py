from __future__ import annotations


class Plugin:
    kind: kind
    other: Other
    Other: other

    async def run(self, kind: kind):
        self.kind.close()
        self.other.close()
        kind.close()


loop: loop


async def main():
    loop.close()
