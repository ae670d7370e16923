"""Clean-up under anyio that cannot be left half done, or is left on purpose."""

import anyio


class CancelScope:
    def __init__(self, shield=False):
        self.shield = shield

    def __enter__(self):
        return self

    def __exit__(self, *args):
        return None


async def checkpoint():
    await anyio.lowlevel.cancel_shielded_checkpoint()


async def in_a_scope(client):
    with anyio.move_on_after(5):
        try:
            await client.use()
        finally:
            await client.give_back()  # finding: AW218


async def without_a_scope(client):
    try:
        await client.use()
    finally:
        await client.give_back()  # doubtful: AW218


async def with_a_scope_of_its_own(client):
    try:
        await client.use()
    finally:
        with CancelScope(shield=True):
            await client.give_back()


async def leaves_it_to_others(client, left):
    try:
        await client.use()
    finally:
        try:
            await client.give_back()
        except anyio.get_cancelled_exc_class():
            left.append(client)
            raise


async def lets_the_tracer_see(client):
    try:
        await client.use()
    finally:
        await checkpoint()


async def leaves(group, *error):
    try:
        await group.use()
    finally:
        await group.__aexit__(*error)
